"""Reference shelves read by many and changed by few: who is who, where is where.

Facts live here as data files with their source and certainty; nothing here knows a report.
"""
