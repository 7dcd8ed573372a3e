"""ARRAYS ONLY: what can be computed without knowing what a plan is; arrays and shapes in, arrays and shapes out."""
