"""The import corpus: what each case should come to, against what reading it comes to."""
