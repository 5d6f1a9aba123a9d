"""Look up: places, known files, accounts; SECURED to ENRICHED."""
