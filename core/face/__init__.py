"""The face model: geometry, rotations, the z-buffer."""
