"""What stands between the outside world and the formats: recognising, unpacking, limiting."""
