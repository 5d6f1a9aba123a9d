"""The law-enforcement portal: an agency's inbox, its reports, packages, answers.

Reads the agency's own copies alone: the query filters, row-level security filters again below, and a foreign
report answers exactly like one that does not exist.
"""
