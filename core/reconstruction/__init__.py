"""From landmarks to one identity and a track of coefficients."""
