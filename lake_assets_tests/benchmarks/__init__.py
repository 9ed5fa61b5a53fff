"""Tests of the benchmarks: their references must do the work they are compared by."""
