"""Stage 4, link: the same accounts, devices, addresses and files in other reports.

Owns the rules by which two reports are tied together; identifiers and findings live in the record.
Promises that each link has a reason and a weight, and that the other report learns of it too.
"""
