"""Scores of edited expressions against exact truth: measures, rows, the table of both."""
