"""FINDINGS -> EDITS: proposals for a plan, each a list of edits with a bound; nothing here changes a plan."""
