"""Live: a camera in, a face out, frame by frame, and what was filmed kept as a take."""
