"""Tests of the point-in-time audit's parts."""
