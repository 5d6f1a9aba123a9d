"""The public form: a child, a teen, anyone tells what happened, one thing per page, without scripts.

Keeps nothing until it is sent: the answers travel in a sealed field of the page. Promises a receipt code to come
back with, the danger number and "Leave now" on every page, and plain words.
"""
