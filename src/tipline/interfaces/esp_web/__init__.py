"""The company's pages: what we received from it, how long it must be kept, and what came of it; its programs' log-ins.

Reads the life of the company's own reports alone, never their content; row-level security filters again below.
"""
