"""What stands between the outside world and the formats: paths come in, recognised, unpacked, limited bytes go out."""
