"""The wire doors of hash lists: Hash Sharing API v2, the StopNCII form, and the Shield form."""
