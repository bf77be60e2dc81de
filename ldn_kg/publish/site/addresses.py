"""The paths of the pages of records."""

from ldn_kg.read.record import kind, slug


def page_path(record: str) -> str:
    """Return the path of the page of a record, such as "study/younger2013.html"."""
    return f"{kind(record)}/{slug(record)}.html"
