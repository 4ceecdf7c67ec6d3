"""Scores kept: what `cxnlp score` wrote, read back."""
