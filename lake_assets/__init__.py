"""Market data from vendor files to point-in-time features, one session a partition."""
