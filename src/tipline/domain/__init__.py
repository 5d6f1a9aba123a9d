"""The language of the house: values, states, vocabulary and wire format.

Pure: no Django, no I/O, no clock. Everything above may import it; it imports nothing of the house.
"""
