"""Tests of lake_assets/catalog."""
