"""What further files would change: where each claim stands before and after, and which rule moved.

The comparison is that of two releases, in `ldn_kg.read.changes`.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Store

from ldn_kg.check.validation import check
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset, extended, own_files
from ldn_kg.graph.files import GRAPHS, read_into
from ldn_kg.graph.namespaces import LDN, expand, iri, shorten
from ldn_kg.graph.rules import derive
from ldn_kg.read.changes import Change, compare_releases
from ldn_kg.read.record import Records, kind
from ldn_kg.read.summary import NOT_ADVICE
from ldn_kg.read.wrapping import wrap

FORMATS = ("text", "markdown", "json")
_STANDS = """
SELECT ?status ?certainty
WHERE {
  ?claim ldn:status/skos:prefLabel ?status .
  OPTIONAL { ?claim ldn:certainty/skos:prefLabel ?certainty }
}
"""
_CLAIMS = "SELECT (COUNT(DISTINCT ?claim) AS ?n) WHERE { ?claim a ldn:Claim ; ldn:status ?status }"
_TYPE, _STUDY = iri("rdf:type"), NamedNode(LDN + "Study")


@dataclass(frozen=True)
class Standing:
    """Where a claim stands: its status and certainty ("" where it has none), and its answer."""

    status: str
    certainty: str
    answer: str


@dataclass(frozen=True)
class Outlook:
    """A claim, by its prefixed name and its words, before and after; `before` is None if it is new.

    `what` says in words what moved, and is empty where the claim stays as it was; `why` says which
    results entered, which domains of certainty cost more or less, and which lines are others.
    """

    claim: str
    words: str
    before: Standing | None
    after: Standing
    what: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class WhatIf:
    """What files would change; `str` gives it in lines of 80 columns.

    `moved` are the claims that stand otherwise, `stays` those that stand as before though a line or
    result on them differs, and the one that was asked for; `others` is how many there are beside.
    `replaced` are the records of the dataset in whose place the files have another, `read_once` the
    studies in the files that nobody read a second time; both by prefixed names.
    """

    files: tuple[str, ...]
    replaced: tuple[str, ...]
    read_once: tuple[str, ...]
    moved: tuple[Outlook, ...]
    stays: tuple[Outlook, ...]
    others: int

    def __str__(self) -> str:
        """Return it as a page of text."""
        return "\n".join(_page(self)) + "\n"


def what_if(dataset: Dataset, *paths: str | Path, claim: str | None = None) -> WhatIf:
    """Return what files or folders would change, of all claims or of one by any of its names.

    A record that a file describes, with its class, takes the place of the one in the dataset, a
    study together with its parts: so a correction is compared as well as a new study. The dataset
    itself stays as it is. Raises InvalidData where the files do not validate beside it, and
    LdnKgError where one is missing, unreadable or not RDF, and where there is no such claim.
    """
    expect_dataset(dataset)
    files = own_files(*paths)
    if not files:
        raise LdnKgError("Name a file to compare with, such as my-study.ttl.")
    described = _described(files)
    known = {name: said for name in described if (said := _said(dataset, name))}
    records = Records(dataset)
    studies = [name for name in known if kind(name) == "study"]
    parts = {part for study in studies for part in records.parts_of(study)}
    after = derive(extended(dataset, *files, without={*known, *parts}))
    check(after)
    only = after.find(claim, kind="claim").value if claim is not None else None
    changes = {change.claim: change for change in compare_releases(dataset, after).claims}
    if only is not None:
        name = shorten(only)
        same = Change(name, after.label(NamedNode(only)), "changed", "", (), ())
        changes = {name: changes.get(name, same)}
    told = [_outlook(change, dataset, after) for change in changes.values()]
    new = Records(after)
    return WhatIf(
        files=tuple(map(str, files)),
        replaced=_names(n for n in known if known[n] != described[n]),
        read_once=_names(n for n in described if new[n].is_read_once),
        moved=tuple(each for each in told if each.what),
        stays=tuple(each for each in told if not each.what),
        others=0 if only else int(after.rows(_CLAIMS)[0]["n"]) - len(told),
    )


def write(found: WhatIf, form: str) -> str:
    """Return it as text, as Markdown, or as JSON, whose keys are the fields of WhatIf."""
    if form == "json":
        return json.dumps(asdict(found), indent=2, ensure_ascii=False) + "\n"
    return "\n".join(_markdown(found)) + "\n" if form == "markdown" else str(found)


def _described(files: Iterable[Path]) -> dict[str, set[tuple[str, str]]]:
    """Return what files say of each record of which they give the class."""
    said: dict[str, set[tuple[str, str]]] = {}
    typed = set()
    store = Store()  # which spells values as that of the dataset does
    for path in files:
        read_into(store, path)
    for quad in store:
        if not isinstance(quad.subject, NamedNode):
            continue
        name = quad.subject.value
        said.setdefault(name, set()).add((str(quad.predicate), str(quad.object)))
        if quad.predicate == _TYPE:
            typed.add(name)
    return {name: said[name] for name in sorted(typed)}


def _said(dataset: Dataset, name: str) -> set[tuple[str, str]]:
    """Return what people typed of a record."""
    quads_of = (q for q in dataset.about(NamedNode(name)) if q.graph_name != GRAPHS["derived"])
    return {(str(quad.predicate), str(quad.object)) for quad in quads_of}


def _names(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(map(shorten, iris)))


def _outlook(change: Change, before: Dataset, after: Dataset) -> Outlook:
    """Return where the claim of a change stood and stands; the sentence is told by that."""
    stands = _standing(after, change.claim)
    what = tuple(words for words in change.what if not words.startswith("answer: "))
    stood = _standing(before, change.claim)
    if stands is None:  # taken away: no file of a user does that
        raise LdnKgError(f"{change.claim} has no status any more.")
    if stood and stood.answer != stands.answer:
        what = (*what, "another sentence")
    return Outlook(change.claim, change.words, stood, stands, what, change.why)


def _standing(dataset: Dataset, claim: str) -> Standing | None:
    name = expand(claim) or claim
    for row in dataset.rows(_STANDS, claim=NamedNode(name)):
        return Standing(row["status"], row["certainty"], Records(dataset)[name].answer)
    return None


# As text, and as Markdown

_STAYS = "Stays as it is"
_NOTHING = "Nothing that the rules read of it differs."


def _page(found: WhatIf) -> Iterator[str]:
    yield from wrap(f"With {', '.join(found.files)}")
    for note in _notes(found):
        yield from wrap(note)
    for each in found.moved:
        yield ""
        yield from wrap(f"{each.words} ({each.claim})")
        for line in _lines(each):
            yield from wrap(line, "  ", "    ")
    if found.stays:
        yield ""
        yield _STAYS
        for each in found.stays:
            yield from wrap(f"{each.words} ({each.claim})", "  ", "    ")
            for why in each.why or (_NOTHING,):
                yield from wrap(why, "    ", "      ")
    yield ""
    yield from wrap(_rest(found))


def _markdown(found: WhatIf) -> Iterator[str]:
    yield f"# What would change with {_plain(', '.join(found.files))}"
    for note in _notes(found):
        yield ""
        yield _plain(note)
    for each in found.moved:
        yield ""
        yield f"## {_plain(f'{each.words} ({each.claim})')}"
        yield ""
        yield from (f"- {_plain(line)}" for line in _lines(each))
    if found.stays:
        yield ""
        yield f"## {_STAYS}"
        yield ""
        for each in found.stays:
            yield f"- {_plain(f'{each.words} ({each.claim})')}"
            yield from (f"  - {_plain(why)}" for why in each.why or (_NOTHING,))
    yield ""
    yield _rest(found)


def _notes(found: WhatIf) -> Iterator[str]:
    if found.replaced:
        yield f"In the place of the record in the dataset: {', '.join(found.replaced)}."
    if found.read_once:
        yield (
            f"Read only once: {', '.join(found.read_once)}. That costs a step where it enters,"
            " until somebody compares the record with the source (ldn-kg review)."
        )


def _rest(found: WhatIf) -> str:
    moved = "No claim moves. " if found.others and not found.moved else ""
    rest = f"Not moved: {found.others} other claims. " if found.others else ""
    return f"{moved}{rest}{NOT_ADVICE}"


def _lines(each: Outlook) -> Iterator[str]:
    """Yield status, certainty and sentence before and after, what else moved, and why."""
    stood = each.before or Standing("", "", "")
    for name, old, new in (
        ("Status", stood.status, each.after.status),
        ("Certainty", stood.certainty, each.after.certainty),
    ):
        if old or new:
            changed = f"{old or 'none'} → {new or 'none'}"
            yield f"{name}: {changed if old != new else f'{new}, as before'}"
    if stood.answer and stood.answer != each.after.answer:
        yield f"Before: {stood.answer}"
    yield f"{'After' if stood.answer else 'Answer'}: {each.after.answer}"
    yield from (words for words in each.what if not words.startswith(_SAID))
    yield from (f"because: {why}" for why in each.why)


_SAID = ("status: ", "certainty: ", "another sentence")  # by the lines above


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is: a record of somebody else must not format a page.

    An invisible space behind @ keeps a name from calling somebody.
    """
    return re.sub(r"([\\`*_\[\]<>#|~!])", r"\\\1", text).replace("@", "@\u200b")
