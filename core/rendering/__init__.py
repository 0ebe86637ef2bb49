"""From an edited track back to pixels."""
