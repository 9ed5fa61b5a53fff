"""Tests of lake_assets/sources."""
