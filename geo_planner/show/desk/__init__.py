"""What goes to desktop GIS: projects and styles."""
