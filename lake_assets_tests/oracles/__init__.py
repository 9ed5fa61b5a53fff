"""Slow twins: each kernel said again in plain Python, straight from the specification."""
