"""What a day or a month says once it is over: frames in, frame out, no disk."""
