"""Vendor files, read as they are and checked before a row is believed."""
