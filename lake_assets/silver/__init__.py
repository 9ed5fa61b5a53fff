"""Assets derived from one moment and its past."""
