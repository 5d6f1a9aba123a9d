"""One module per place source, each with one function `look_up`; `lookup.py` lists them, one line each."""
