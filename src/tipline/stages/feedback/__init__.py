"""Stage 8, feedback: what came of a report, told by the agencies that got it; contacts found with a suspect.

Owns the answers, the seized contact lists and what a reporting company may know of them.
Promises that no row of a list is lost, and that a company learns whether its report was of use and nothing of a case.
"""
