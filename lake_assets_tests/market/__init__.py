"""Tests of lake_assets/market."""
