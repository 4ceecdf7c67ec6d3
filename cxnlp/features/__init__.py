"""Features: a batch of calls to numbers."""
