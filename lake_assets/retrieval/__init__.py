"""Numbers with citations: a question in, values that re-run to the same digits out."""
