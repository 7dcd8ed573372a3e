"""Faults between features: overlaps, gaps, near-miss nodes, unsnapped ends."""
