"""Checks: the dataset against its shapes, and passages against a copy of their source."""
