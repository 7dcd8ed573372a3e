"""Land use as facts: parcels and schemes come in, classes, shares, indices and their course through time go out."""
