"""Log-in with password and authenticator code, for every door that has accounts.

Only these pages of the log-in library are reachable: log in, code, log out, set-up, recovery codes, closed
account.
"""
