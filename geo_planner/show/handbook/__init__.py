"""The handbook: chapters in Markdown, the checks and the public names come in, one offline page goes out."""

from .book import write_handbook

__all__ = ["write_handbook"]
