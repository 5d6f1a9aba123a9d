"""Processes: one for each deployable, each with its own role, keys and log; none outlives its parent.

Promises that a child that died is started again, and that a stop ends all in order.
"""
