"""Tests of the API and the page."""
