"""Other programs' formats: what leaves the house."""
