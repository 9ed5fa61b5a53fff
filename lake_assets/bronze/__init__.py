"""Assets that type and order vendor rows and derive nothing."""
