"""Video and audio files: probe, decode, encode."""
