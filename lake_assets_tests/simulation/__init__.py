"""Tests of lake_assets/simulation."""
