"""The command with a plan of few files: `python -m support.few build dist`."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from ldn_kg.command.main import main
from ldn_kg.publish import release
from ldn_kg.publish.release import Artefacts

Plan = Callable[..., Artefacts]


def few_files(command: str, patch: Callable[[object, str, Plan], None]) -> None:
    """Let `build` or `site` write some hundred files that are soon made, and no others."""
    if command == "build":
        patch(release, "artefacts", partial(_few, release.artefacts, _is_soon_made))
    else:
        from ldn_kg.publish import site  # here: it is slow to import

        patch(site, "files_of", partial(_few, site.files_of, _is_a_page))


def _few(whole: Plan, chosen: Callable[[str], bool], *given: Any) -> Artefacts:
    plan = whole(*given)
    few = {name: make for name, make in plan.items() if chosen(name)}
    assert 100 < len(few) < len(plan)
    return few


def _is_soon_made(name: str) -> bool:
    """Tell whether a file of a release needs neither much time nor another file."""
    return name.startswith(("ontology/", "shapes/", "queries/", "answers/", "tables/"))


def _is_a_page(name: str) -> bool:
    """Tell whether a file of the site is of some kinds of records: no charts, no release."""
    return name.startswith(("concept/", "drug/", "instrument/", "query/", "static/", "index."))


if __name__ == "__main__":
    few_files(sys.argv[1], setattr)
    main()
