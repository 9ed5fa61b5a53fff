"""Speed, measured beside references in one run; no test depends on it."""
