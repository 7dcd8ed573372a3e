"""Tests of what is written: maps, tables, dossiers."""
