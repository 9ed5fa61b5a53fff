"""Files bought of the vendor: quotes, a ledger, batch jobs, and landing whole or not at all."""
