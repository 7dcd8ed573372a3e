"""Inner loops that are compiled where numba (the `speed` extra) is installed; imported only there."""
