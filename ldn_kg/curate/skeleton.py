"""The file of a new study: a template for its design, with what is known and what is to choose.

A template is Turtle with `$name` where something known goes, `$[scheme pattern …]` where a code of
a closed list goes, and `include NAME` for another template. A line with a mark (`# choose:` and
others, which head.ttl explains) comes out of its comment if all its `$name` are known; a line
without a mark is left out if one is not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from textwrap import wrap

from pyoxigraph import Literal

from ldn_kg.curate.bibliography import Reference, family
from ldn_kg.curate.keys import check_key, propose_key
from ldn_kg.curate.proposals import claims_about, doses_in, named_in, refuse_known
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import text
from ldn_kg.graph.identifiers import normal
from ldn_kg.graph.namespaces import PREFIXES, iri

DESIGNS = ("case-report", "trial", "review", "laboratory")
_TEMPLATES = Path(__file__).parent / "templates"
_MARK = re.compile(r"(?P<space> *)# (?P<mark>choose(?: one)?|or|if [a-z ]+): (?P<line>.*)")
_FIELD = re.compile(r"\$([a-z_]+)")
_CODE = re.compile(r"\$\[([\w-]+) ?([^\]]*)\]")
_IDENTIFYING = {"doi", "pmid", "identifiers", "registrations"}
_WIDTH = 100
_MOST = 8  # proposals that a line lists
_CODES = """
SELECT ?code WHERE { ?code skos:inScheme ?scheme } ORDER BY ?code
"""
# What stands where a value is not known: how it is written.
_FORMS = {
    "title": '"…"@en',
    "authors": '"Family IN, Family IN"',
    "year": '"…"^^xsd:gYear',
    "label": '"First and others …"@en',
    "registrations": '"NCT…"',
    "identifiers": '"PMC…"',
    **dict.fromkeys(("journal", "volume", "issue", "pages", "doi", "pmid"), '"…"'),
    **{kind: f"{kind}:…" for kind in ("claim", "condition", "dose", "duration")},
    "evidence": "obo:ECO_…",
}
# Where a record is sought that the title does not name.
_ELSEWHERE = {
    "claim": "`ldn-kg query claims -p object=CONDITION` lists the claims about one",
    "condition": "one of data/conditions.ttl; add it there if it is new",
    "dose": "one of data/doses.ttl; add it there if it is new, delete the line if none is given",
    "duration": "one of data/doses.ttl; add it there if it is new",
}
_EVIDENCE = {
    "case-report": ("obo:ECO_0000180",),
    "trial": ("obo:ECO_0000180",),
    "review": ("obo:ECO_0006016 (systematic review)", "obo:ECO_0000204 (what authors say)"),
    "laboratory": ("obo:ECO_0000179 (animals)", "obo:ECO_0000181 (in vitro)"),
}


@dataclass(frozen=True)
class Skeleton:
    """The file of a new study: its key, its Turtle, and how many lines are to choose."""

    key: str
    turtle: str
    choices: int


@dataclass(frozen=True)
class _Content:
    """What goes into a template, by the names of its fields.

    `facts` is Turtle for what is known, `forms` how the rest is written, and `hints` what is said
    below a line with a field that is not known.
    """

    dataset: Dataset
    facts: Mapping[str, str]
    forms: Mapping[str, str]
    hints: Mapping[str, str]

    def missing(self, line: str) -> list[str]:
        """Return the fields of a line that are not known."""
        return [name for name in _FIELD.findall(line) if name not in self.facts]

    def filled(self, line: str) -> str:
        """Return a line with what is known of its fields, and else with how they are written."""
        return _FIELD.sub(lambda field: {**self.forms, **self.facts}[field[1]], line)


def new_study(
    dataset: Dataset,
    design: str,
    reference: Reference,
    key: str | None = None,
    *,
    force: bool = False,
) -> Skeleton:
    """Return the file of a study of a design (one of DESIGNS), with what a reference says.

    It is valid Turtle as it stands. What is not known stands as a comment, marked `# choose:` where
    it is needed; records that the title names are proposed there. A key that is not given is
    proposed. Raises AlreadyRecorded where the dataset has the study, unless `force`; LdnKgError for
    a key that is taken or not safe, and where none can be proposed.
    """
    key = check_key(dataset, key or propose_key(dataset, reference))
    if not force:
        refuse_known(dataset, reference)
    content = _content(dataset, design, reference, key)
    body = "\n".join(_rendered(content, "head")) + "\n\n" + "\n".join(_rendered(content, design))
    body = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    choices = len(re.findall(r"(?m)^ +# choose( one)?:", body))
    return Skeleton(key, f"{_prefixes(body)}\n{body}", choices)


def _content(dataset: Dataset, design: str, reference: Reference, key: str) -> _Content:
    title = reference.title or ""
    about = named_in(dataset, title, "condition", "symptom", "target")
    proposed = {
        "claim": claims_about(dataset, about),
        "condition": [name for name in about if name.startswith("condition:")],
        "dose": doses_in(dataset, title),
    }
    evidence = _EVIDENCE[design]
    registered_only = design == "trial" and _is_registered_only(reference)
    facts = _facts(reference, key, registered_only)
    first = proposed["claim"][0] if proposed["claim"] else "claim"
    facts["about"] = first.removeprefix("claim:").removeprefix("ldn-")
    hints = {"evidence": f"one of {', '.join(evidence)}", **_ELSEWHERE}
    if len(evidence) == 1:
        facts["evidence"] = evidence[0]
    forms = dict(_FORMS)
    for name, records in proposed.items():
        if records:
            forms[name] = records[0]
            hints[name] = f"by the title: {_listed(dataset, records)}"
    return _Content(dataset, facts, forms, hints)


def _is_registered_only(reference: Reference) -> bool:
    published = (reference.doi, reference.pmid, reference.pmcid, reference.isbn, reference.journal)
    return bool(reference.registrations) and not (any(published) or reference.authors)


def _facts(reference: Reference, key: str, registered_only: bool) -> dict[str, str]:
    """Return what a reference says, as Turtle; a study that is only registered has the title."""
    words = {
        "authors": ", ".join(reference.authors),
        **{name: getattr(reference, name) for name in ("journal", "volume", "issue", "pages")},
        "doi": reference.doi and normal(reference.doi),
        "pmid": reference.pmid,
    }
    isbn = f"ISBN {reference.isbn}" if reference.isbn else None
    lists = {"registrations": reference.registrations, "identifiers": (reference.pmcid, isbn)}
    facts = {name: str(Literal(value)) for name, value in words.items() if value}
    for name, values in lists.items():
        facts[name] = ", ".join(str(Literal(value)) for value in values if value)
    if reference.year:
        facts["year"] = f'"{reference.year}"^^xsd:gYear'
    title = str(Literal(reference.title, language="en")) if reference.title else ""
    label = _label(reference)
    facts["label"] = str(Literal(label, language="en")) if label else ""
    if registered_only:
        facts["registered_title"] = title
    else:
        facts |= {"title": title, "publication": f"publication:{key}"}
    return {"key": key, **{name: value for name, value in facts.items() if value}}


def _label(reference: Reference) -> str | None:
    """Return the label that a study has by convention: `Younger and others 2013`."""
    if not reference.authors or not reference.year:
        return None
    first, *others = (family(author) for author in reference.authors)
    if others:
        first += " and others" if others[1:] or others == ["et al."] else f" and {others[0]}"
    return f"{first} {reference.year}"


def _listed(dataset: Dataset, records: list[str]) -> str:
    named = [f"{name} ({dataset.label(iri(name))})" for name in records[:_MOST]]
    more = [f"{len(records) - _MOST} more"] if len(records) > _MOST else []
    return ", ".join([*named, *more])


def _rendered(content: _Content, template: str) -> Iterator[str]:
    """Yield the lines of a template, those of the templates it includes, and what may be chosen."""
    told = False  # whether the line above says what its alternatives would
    for line in text(_TEMPLATES / f"{template}.ttl").splitlines():
        name = line.removeprefix("include ")
        marked = _MARK.fullmatch(line)
        if name != line:
            if name != "publication" or name in content.facts:
                yield from _rendered(content, name)
        elif marked is None:
            if not content.missing(line):
                yield content.filled(line)
        elif marked["mark"] != "or" or not told:
            told = bool(_FIELD.search(line)) and not content.missing(line)
            yield from [content.filled(marked[1] + marked[3])] if told else _open(content, marked)


def _open(content: _Content, marked: re.Match[str]) -> Iterator[str]:
    """Yield a line that is not known, in its comment, and below it the values that it can have."""
    space, mark, line = marked.groups()
    if mark == "choose one" and content.facts.keys() & _IDENTIFYING:
        mark = "if known"
    yield f"{space}# {mark}: {_CODE.sub('ldnc:…', content.filled(line))}"
    hints = [content.hints[name] for name in content.missing(line) if name in content.hints]
    hints += [_codes(content.dataset, *code) for code in _CODE.findall(line)]
    indent = f"{space}#     "
    for hint in hints:
        yield from wrap(
            hint, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
        )


def _codes(dataset: Dataset, scheme: str, patterns: str) -> str:
    """Return the codes of a closed list that fit one of some patterns, or all, sorted."""
    rows = dataset.rows(_CODES, scheme=iri(f"ldnc:{scheme}"))
    codes = [row["code"].rpartition("/")[2] for row in rows]
    fits = [c for c in codes if any(fnmatch(c, pattern) for pattern in patterns.split() or ["*"])]
    return ", ".join(f"ldnc:{code}" for code in fits)


def _prefixes(body: str) -> str:
    """Declare what the file uses, and what a curator is likely to add: notes."""
    used = {name for name in PREFIXES if re.search(rf"(?<![\w:/.-]){name}:(?=[\w…])", body)}
    return "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in sorted({*used, "skos"}))
