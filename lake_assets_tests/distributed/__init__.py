"""Sessions built by several processes at once, some of which are killed."""
