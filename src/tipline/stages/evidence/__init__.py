"""Seal: hash, decode in the sandbox, fingerprint, custody; RECEIVED to SECURED."""
