"""Tests of lake_assets/gold."""
