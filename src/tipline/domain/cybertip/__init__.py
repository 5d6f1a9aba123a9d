"""The wire format of the reporting API: element tables as data, and all that follows from them.

Owns the XSD, the reading and rendering of reports and file details, and the checks of both.
Promises that a document read, rendered and read again is the same, and that bad input ends in violations.
"""
