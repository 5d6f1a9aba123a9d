"""The reporting API at /ispws: the wire door of companies' programs, and its sandbox at /test/ispws.

Promises the exact codes and shapes of the protocol, an answer only after the commit, and never a body in a
log.
"""
