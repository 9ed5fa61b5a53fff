"""Tests of what the documentation shows being run."""
