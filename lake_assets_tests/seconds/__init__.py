"""Tests of the computations on the one-second clock."""
