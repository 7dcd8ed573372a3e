"""PLAN -> FACTS: a plan comes in, tables and arrays that checks judge go out; each is computed once."""
