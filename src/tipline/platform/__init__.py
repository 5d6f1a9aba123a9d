"""What the house stands on: settings, keys, clock, jobs, audit, vault, accounts, database, processes.

Knows nothing of children or reports. Everything above may use it; it uses only `domain` values such as Actor.
"""
