"""Accounts: who may log in, by what proof, and for how long.

Owns users, sessions, authenticator counters and locks. Promises that a door sees only the accounts and
sessions of its own realm, that a code works once, and that five failures lock until an administrator
releases.
"""
