"""Tests of lake_assets/lake."""
