"""Text in lines of 80 columns, for pages that people read in a terminal."""

import textwrap

WIDTH = 80


def wrap(text: str, indent: str = "", hanging: str | None = None) -> list[str]:
    """Return text in lines that fit the page, those after the first with a hanging indent."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if hanging is None else hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
