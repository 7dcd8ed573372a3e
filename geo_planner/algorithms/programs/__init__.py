"""Linear programs with whole numbers: one solver door with value, bound and gap, and why a program has no solution."""
