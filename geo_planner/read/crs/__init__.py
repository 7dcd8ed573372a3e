"""Coordinate systems: coordinates and what a file says come in, the system they are in and every doubt go out."""
