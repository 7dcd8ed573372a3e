"""Utility networks: noding, earliest service, capacity, pressure, voltage and gravity flow on whole arrays."""
