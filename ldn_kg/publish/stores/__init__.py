"""Triple stores: push the dataset into one, read it back, and query it there."""
