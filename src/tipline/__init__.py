"""Tipline: a clearing house for reports of suspected child sexual exploitation."""
