"""What columns and values mean: names and cells as bureaus write them come in, canonical columns and values go out."""
