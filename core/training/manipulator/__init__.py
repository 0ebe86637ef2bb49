"""Training of the learned editor."""
