"""The desk's pages about triage: its rules and who changes them, and how well its scores tell what people found."""
