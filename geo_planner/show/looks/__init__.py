"""How layers look and how they are packed for the page."""
