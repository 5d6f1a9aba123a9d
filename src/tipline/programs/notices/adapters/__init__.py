"""The outside world of notices: the registry of names and addresses."""
