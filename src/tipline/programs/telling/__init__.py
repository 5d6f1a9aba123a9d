"""Telling: companies learn what came of their reports without asking, by signed webhooks and by mail.

Owns the addresses that a company entered, the events and how their delivery went, and the reminders.
Promises that an event is a row of the same commit as its fact, that it carries a number and no content, and that
nobody is told more than the company's own pages show.
"""
