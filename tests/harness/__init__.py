"""Harnesses that hurt: damaged inputs, killed runs, full disks, runs at once."""
