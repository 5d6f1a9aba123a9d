"""The agencies' portal."""
