"""Tests of lake_assets/bronze."""
