"""What a person is told of a record: its facts, its evidence, its history, how to cite it."""
