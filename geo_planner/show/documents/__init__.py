"""Documents and tables of words: a report comes in, dossier, workbook and printed lines go out."""
