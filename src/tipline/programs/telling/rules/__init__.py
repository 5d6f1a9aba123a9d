"""What may be told, how it is signed, when it is tried again, when somebody is reminded. Pure."""
