"""The synthetic actor: a speaking person rendered from the embedded head, with exact truth."""
