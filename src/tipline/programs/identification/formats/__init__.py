"""The files that forensic tools write and read: VICS JSON and CSV, streaming, pure.

Source: what open tools read and write of Project VIC's VICS 1.3 and 2.0, and of the ICSE hash export. Nothing here is
certified, and nothing here keeps a file in memory.
"""
