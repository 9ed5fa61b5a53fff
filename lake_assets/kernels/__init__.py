"""Compiled loops over arrays; no frames, no disk."""
