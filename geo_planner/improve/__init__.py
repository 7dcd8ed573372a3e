"""FINDINGS -> EDITS: layout, siting and extension proposals; never touches a plan."""
