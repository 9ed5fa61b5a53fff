"""What a team of several machines starts from."""
