"""Talking faces with their sound, clip by clip: what the speech-aware networks learn from."""
