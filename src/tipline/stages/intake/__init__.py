"""Intake: every door's reports begin here, take their files, and are finished or withdrawn (OPEN ->
RECEIVED).

Owns receipts and what reporters add later. Promises that whatever it acknowledged is committed, that nothing
is half-stored, and that a receipt code is kept nowhere.
"""
