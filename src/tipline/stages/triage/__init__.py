"""Stage 5, triage: score every report with stated reasons; a person judges it.

Owns the score's rules and the decisions of people with their undo window.
Promises that every point has a sentence, that urgent comes first, and that no score decides about a person.
"""
