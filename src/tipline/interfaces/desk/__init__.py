"""The analysts' desk: queue, report page, decisions, covered files, search, and the supervisor's view of the audit.

Owns no record and no rule: it reads by queries, acts by services, and shows.
Promises that every page of a report and every look at a file is audited before its first byte.
"""
