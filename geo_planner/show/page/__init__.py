"""The page: a plan and its report come in, one self-contained HTML file goes out."""
