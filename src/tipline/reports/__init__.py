"""The record: number, state, holds, findings, identifiers, journal, preservation clock.

Owns the tables that every stage reads and the only function that moves a report: `service.advance`.
Promises that state only moves forward and that state, findings, journal, audit and next job are one commit.
"""
