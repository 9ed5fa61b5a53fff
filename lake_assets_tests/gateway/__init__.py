"""The vendor's gateway on this machine: what the real client talks to in the tests."""
