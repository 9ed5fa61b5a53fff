"""Assets that join, score, label and count."""
