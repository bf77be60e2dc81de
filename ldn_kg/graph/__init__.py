"""What everything rests on: files, namespaces, the dataset, its rules and its questions."""
