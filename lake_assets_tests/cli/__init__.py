"""Tests of lake_assets/cli."""
