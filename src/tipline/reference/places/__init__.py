"""Places: an address of the internet, a telephone number, a post code or coordinates -> where that may be.

Owns the place sources and the way their answers are combined. Promises: works without a network; refuses
reserved ranges before any source is asked; names source and data date; never averages a disagreement away.
"""
