"""Stage 6, route: which agencies get the report, in which part, why and how sure.

Owns the decisions about recipients, the machine's and people's. Promises that there is always exactly one
primary recipient, and that a row or place of low certainty alone never discloses content to whom it names.
"""
