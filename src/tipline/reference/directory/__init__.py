"""The directory: companies that report, agencies that receive, and which agency covers which place.

Owns their tables, the facts they are loaded from and the companies' credentials. Promises that every row
carries its certainty and that a credential's secret is kept as a slow hash alone.
"""
