"""What callers send and what they are answered, as the published schema describes it."""
