"""The lake on disk: publish, verify and scan partitions."""
