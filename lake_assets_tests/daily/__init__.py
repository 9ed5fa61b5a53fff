"""Tests of what a day or a month says once it is over."""
