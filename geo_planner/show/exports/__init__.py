"""Data files: plans, findings and reports come in, GeoPackages, JSON, SARIF and bureau formats go out."""
