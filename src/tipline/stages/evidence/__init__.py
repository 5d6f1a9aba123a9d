"""Seal: bytes verified, contents in the vault, pictures decoded in the sandbox and fingerprinted, custody
begun.

Owns no tables: files, fingerprints and custody belong to the record. RECEIVED to SECURED.
Promises that what is sealed is what the door received, and that no byte was decoded outside the sandbox.
"""
