"""The verbs of `./tipline`, one module each. Stands above everything and is imported by nobody but `cli`."""
