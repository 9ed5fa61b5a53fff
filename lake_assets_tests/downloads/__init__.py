"""Buying: the ledger, the failure modes, landing whole or not at all."""
