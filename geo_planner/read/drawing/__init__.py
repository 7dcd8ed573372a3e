"""CAD drawings: DXF through ezdxf, and a plain reader for files that break its rules."""
