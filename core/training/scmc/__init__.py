"""Training of the speech guide: alignment, encoders, their agreement, distances."""
