"""Triple stores: push the dataset into one, read it back, ask there."""
