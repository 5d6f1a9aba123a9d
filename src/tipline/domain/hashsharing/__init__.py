"""The wire forms in which hash lists are shared: NCMEC's Hash Sharing API v2, the StopNCII form. Pure."""
