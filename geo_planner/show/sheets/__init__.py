"""Tables and lines of words: what the command line prints and what goes into spreadsheets."""
