"""Tests, mirroring the package folder for folder."""
