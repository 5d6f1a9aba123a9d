"""The public figures."""
