"""A talking corpus: the same words in many voices and emotions, with exact truth."""
