"""The synthetic world: made-up people, accounts and pictures for the demo and the tests.

`world` makes a whole population and keeps the truth apart (ADR 30). Imports `domain` alone, and no rule, word or weight
of a stage. Every name is made up, every address is from the documentation ranges (but where a city table is asked for,
to measure), every picture is a coloured pattern with its own number on it.
"""
