"""Habitat and land cover as facts: parcels and rasters come in, patches, corridors and built land go out."""
