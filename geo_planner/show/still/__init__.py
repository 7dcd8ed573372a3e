"""The proof of a cause as a still picture: bars in time and a little map, drawn once for page, sheet and dossier."""
