"""Metrics that judge tracks and videos."""
