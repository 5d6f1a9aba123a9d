"""Notices to companies: what should be taken down, from verification to proof that it is gone.

Owns: reported addresses, notices, checks, answers. Promises: no notice before a person verified, none while an agency
holds it back, and none with media in it.
"""
