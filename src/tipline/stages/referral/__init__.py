"""Hand over: package, make available, supplement; ROUTED to MADE_AVAILABLE."""
