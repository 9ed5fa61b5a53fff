"""Tests of lake_assets/silver."""
