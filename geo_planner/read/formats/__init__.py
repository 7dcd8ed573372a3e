"""One file for each family of file formats: bytes in, a bare sheet out."""
