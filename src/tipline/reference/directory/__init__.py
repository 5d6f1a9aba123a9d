"""Directory: providers, agencies, jurisdictions, contacts."""
