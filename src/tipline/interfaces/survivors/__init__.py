"""The survivors' door: the picture is hashed on the device and never leaves it."""
