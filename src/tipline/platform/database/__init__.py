"""The database: the embedded server, log-in roles, grants, safety checks.

Owns no table. Promises that each deployable reaches only what its apps' `access.py` lists, and that no server
with unsafe durability settings is used.
"""
