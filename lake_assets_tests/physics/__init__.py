"""Tests of lake_assets/physics."""
