"""Where the page of a record stands."""

from ldn_kg.read.record import kind, slug


def page_path(record: str) -> str:
    """Return the path of the page of a record, relative to the first page."""
    return f"{kind(record)}/{slug(record)}.html"
