"""Tests of the shape of the code: rooms, sizes, declarations."""
