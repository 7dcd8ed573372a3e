"""SCENARIOS -> COMPARISON: runs, differences, ensembles, the 1+5 portfolio."""
