"""Frame computations on the one-second clock of an option market: frames in, frame out, no disk."""
