"""Real talking videos become a corpus: read by the program's own tracker, actor by actor."""
