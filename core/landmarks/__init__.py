"""Finding and following faces in frames."""
