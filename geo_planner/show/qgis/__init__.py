"""Desktop GIS: a plan and its report come in, a QGIS project and styles go out."""
