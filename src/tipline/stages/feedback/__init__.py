"""What came of it: MADE_AVAILABLE to CLOSED."""
