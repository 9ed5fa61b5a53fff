"""Tests of lake_assets/kernels."""
