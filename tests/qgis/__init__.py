"""Tests that open what we write in a real QGIS of the system, without a screen; skipped where there is none."""
