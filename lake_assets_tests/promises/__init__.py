"""The promises of operation, each with what breaks it done to it, counted."""
