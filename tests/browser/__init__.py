"""Tests of the written pages in a real browser, without a network."""
