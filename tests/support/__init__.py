"""What tests of several rooms share, beside the fixtures."""
