"""PLAN -> FACTS: computed once per plan, whole arrays, cached by identity."""
