"""Bibliographic files of databases and reference managers, into one kind of record."""

from ldn_kg.curate.bibliography.reading import (
    Export,
    choose,
    read_export,
    read_references,
    with_typed,
)
from ldn_kg.curate.bibliography.reference import Notice, Reference, RegistryEntry, family

__all__ = [
    "Export",
    "Notice",
    "Reference",
    "RegistryEntry",
    "choose",
    "family",
    "read_export",
    "read_references",
    "with_typed",
]
