"""What happens around a price level: frames in, frame out, no disk."""
