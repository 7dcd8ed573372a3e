"""Tests of the room that turns files into plans."""
