"""Rendered faces and clips with exact truth."""
