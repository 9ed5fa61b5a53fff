"""Tests of the retrieval of numbers with citations."""
