"""Layers, envelopes, emotions and the speech guard: edits of a track."""
