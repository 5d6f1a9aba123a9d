"""The synthetic world: made-up people, accounts and pictures for the demo and the tests.

Imports `domain` alone, and no rule, word or weight of a stage. Every name is made up, every address is from the
documentation ranges, every picture is a coloured pattern with its own number on it.
"""
