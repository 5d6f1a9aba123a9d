"""The desk's pages of notices: lists, one case with what can be done, entry, figures.

A reported address is shown in words and never as a link; nothing here asks at it.
"""
