"""The call-takers' form."""
