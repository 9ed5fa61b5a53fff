"""Seeded synthetic sessions, written as genuine vendor files."""
