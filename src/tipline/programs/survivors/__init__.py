"""Requests of survivors to have pictures of them found and taken down: the most protected data of the house.

Owns: cases with their hashes. Promises: only hashes ever arrive; a PIN is kept as a slow hash and cannot be recovered;
withdrawing takes the hashes out of every list.
"""
