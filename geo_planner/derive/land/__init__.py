"""What land does to land: roles of parcels, landscape structure, habitat networks, change through time."""
