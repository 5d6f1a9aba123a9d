"""Receive: open, files, finish or retract; OPEN to RECEIVED."""
