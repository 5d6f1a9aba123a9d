"""The public form: a child, a teen, anyone tells what happened, one thing per page, without scripts.

Keeps nothing until it is sent: the answers lie sealed in the visitor's own browser. Promises a receipt code to come
back with, the danger number and "Leave now" on every page, and plain words.
"""
