"""The `lake` command, the only place that prints."""
