"""Pixels and bits: file kinds, safe decoding, perceptual hashes. Knows nothing of reports.

Owns no tables and no settings; usable on its own. Promises that hostile bytes are decoded in a sandbox or not
at all.
"""
