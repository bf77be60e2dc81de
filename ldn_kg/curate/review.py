"""A second reading: the checklist that a reader marks, and the record that the marks amount to."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from ldn_kg.check.validation import validate
from ldn_kg.errors import InvalidData, LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.files import GRAPHS, text
from ldn_kg.graph.namespaces import LDN, LDNC, PREFIXES, iri, shorten
from ldn_kg.read.record import Records
from ldn_kg.read.wrapping import wrap

# What a second reading may confirm; the order is that of the file, which is that of the paper.
_KINDS = tuple(
    LDN + kind
    for kind in (
        *("Study", "Publication", "Arm", "Regimen", "RegimenStep", "Result"),
        *("BiasJudgement", "EvidenceLine", "Discrepancy"),
    )
)
# What no page of a source says: links within the record, its own names, what was not seen.
_OURS = {
    PREFIXES[prefix] + local
    for prefix, locals_ in {
        "rdf": ("type",),
        "rdfs": ("label",),
        "schema": ("position", "url", "sameAs"),
        "ldn": (
            *("arm", "result", "publication", "regimen", "step", "riskOfBias", "study", "restsOn"),
            *("between", "claim", "readAs", "notReported", "pOperator", "researchGroup"),
        ),
    }.items()
    for local in locals_
}
_CODED = {LDN + "EvidenceLine", LDN + "Discrepancy"}  # their type is a code of ours
_READERS = """
SELECT ?reader ?name
WHERE {
  VALUES ?class { prov:Person prov:SoftwareAgent }
  ?reader a ?class . OPTIONAL { ?reader schema:name ?name }
}
ORDER BY ?reader
"""
_HEAD = """\
Second reading of {label} ({study})

Open the source yourself, and mark each line between its brackets:
  [x]  the source says the same
  [!]  the source says something else; write what, on a line of its own
       below, that begins with >
  [-]  looked for and not found
  [ ]  not compared
Change nothing else. Then record it:
  ldn-kg review {file} --marked CHECKLIST --reader YOU
"""
_MARKS = {"x": "agrees", "X": "agrees", "!": "differs", "-": "unseen", " ": "open"}
_MARKED = re.compile(r"\[(.)\] (.*)")


@dataclass(frozen=True)
class Item:
    """One figure or word to compare: the IRI of its part, the words for the part, and itself."""

    part: str
    heading: str
    words: str


@dataclass(frozen=True)
class Marked:
    """An item with its mark, and what the reader wrote below it."""

    item: Item
    mark: str
    said: str


class Review:
    """The study in a Turtle file, as a second reader meets it."""

    def __init__(self, dataset: Dataset, file: Path) -> None:
        """Take the file apart; `dataset` has the words for what it points to.

        Raises LdnKgError where the file is no Turtle, or does not hold just one study.
        """
        self.file, self._dataset, self._records = file, dataset, Records(dataset)
        self._content = text(file)
        try:
            self._triples = [
                q.triple for q in parse(self._content.removeprefix("\ufeff"), RdfFormat.TURTLE)
            ]
        except SyntaxError as error:
            raise LdnKgError(f"{file}:{error.lineno}:{error.offset}: {error.msg}.") from error
        self._said: dict[str, list[tuple[str, NamedNode | Literal]]] = {}
        for subject, predicate, value in self._triples:
            if not isinstance(subject, NamedNode):
                continue
            about = self._said.setdefault(subject.value, [])
            about.append((predicate.value, value))
        studies = [name for name in self._said if LDN + "Study" in self._classes(name)]
        if len(studies) != 1:
            count = len(studies) or "no"
            raise LdnKgError(f"{file} holds {count} studies; a second reading is of one.")
        self.study = studies[0]

    def _classes(self, name: str) -> set[str]:
        return {value.value for predicate, value in self._said[name] if predicate == _TYPE}

    def _values(self, name: str, prop: str) -> list[str]:
        return [
            self._dataset.label(value)
            for predicate, value in self._said[name]
            if predicate == LDN + prop
        ]

    @property
    def items(self) -> list[Item]:
        """All that is to be compared, in the order of the file."""
        return [
            Item(name, self._heading(name), words)
            for name in self._said
            if self._classes(name) & set(_KINDS)
            for words in self._figures(name)
        ]

    def _heading(self, name: str) -> str:
        """Return the words for a part: its kind, its label, and where it was read."""
        kind = self._records[name].kind
        label = self._dataset.label(NamedNode(name))
        read_as = ", ".join(self._values(name, "readAs"))
        return f"{kind}: {label}" + (f" (read as {read_as})" if read_as else "")

    def _figures(self, part: str) -> Iterator[str]:
        coded = self._classes(part) & _CODED
        operator = "".join(self._values(part, "pOperator"))
        for predicate, value in self._said[part]:
            if predicate in _OURS or (coded and predicate == PREFIXES["dcterms"] + "type"):
                continue
            words = self._dataset.label(value)
            if predicate == LDN + "pValue":
                words = f"{operator} {words}".strip()
            name = self._records.property(predicate)
            name = name.lower() if name.istitle() else name  # as some vocabularies write it
            yield " ".join(f"{name}: {words}".split())

    @property
    def addresses(self) -> list[str]:
        """Where the source can be read, sorted: DOI, PubMed, registry and other pages."""
        names = [n for n in self._said if self._classes(n) & {_KINDS[0], _KINDS[1]}]
        pages = {PREFIXES["schema"] + "sameAs", PREFIXES["schema"] + "url"}
        quads = [quad for name in names for quad in self._dataset.about(NamedNode(name))]
        return sorted({str(q.object.value) for q in quads if q.predicate.value in pages})  # type: ignore[union-attr]

    def checklist(self) -> str:
        """Return what to compare, as text of 80 columns to print or to mark."""
        label = self._dataset.label(NamedNode(self.study))
        return "\n".join(self._lines(label)) + "\n"

    def _lines(self, label: str) -> Iterator[str]:
        yield _HEAD.format(label=label, study=shorten(self.study), file=self.file)
        if self.addresses:
            yield "Where it may be read:"
            yield from (f"  {address}" for address in self.addresses)
        heading = ""
        for item in self.items:
            if item.heading != heading:
                heading = item.heading
                yield ""
                yield from wrap(heading, "", "  ")
            yield from wrap(f"[ ] {item.words}", "", "    ")

    def marks(self, path: Path) -> list[Marked]:
        """Read the marks of a checklist, which must be that of the file as it stands now.

        Raises LdnKgError with the line where a mark is none of the four, where what differs is not
        told, and where the checklist is of another state of the file.
        """
        found: list[Marked] = []
        items = self.items
        for line, mark, words, said in _entries(path):
            place = f"{path}:{line}"
            if mark not in _MARKS:
                raise LdnKgError(f"{place}: the mark is [{mark}]; it is one of [x], [!], [-], [ ].")
            if len(found) == len(items) or items[len(found)].words != words:
                raise LdnKgError(
                    f"{place}: {words!r} does not stand here in {self.file} as it is now. Print the"
                    f" checklist again, by ldn-kg review {self.file}, and mark that."
                )
            if _MARKS[mark] == "differs" and not said:
                raise LdnKgError(f"{place}: say below it what the source says, after >.")
            found.append(Marked(items[len(found)], _MARKS[mark], said))
        if len(found) != len(items):
            raise LdnKgError(
                f"{path} has {len(found)} of the {len(items)} lines of the checklist; those that"
                " were not compared stay in it as [ ]."
            )
        if all(each.mark == "open" for each in found):
            raise LdnKgError(f"No line of {path} is marked.")
        return found

    @staticmethod
    def summary(marks: Sequence[Marked]) -> str:
        """Say in a sentence what marks amount to."""
        count = Counter(each.mark for each in marks)
        compared = count["agrees"] + count["differs"]
        unseen = f", {count['unseen']} not found" if count["unseen"] else ""
        return f"{count['agrees']} of {compared} figures agreed{unseen}."

    def with_reading(
        self,
        marks: Sequence[Marked],
        reader: str,
        *,
        day: date,
        pages: Sequence[str] = (),
        read_as: Sequence[str] = (),
        note: str = "",
    ) -> str:
        """Return the text of the file with a second reading at its end, computed from marks.

        `reader` is the name or IRI of an agent in the dataset, `read_as` are codes of the list of
        readings. Raises LdnKgError where there is no such reader, where this reader's reading of
        that day is there already, or where nobody says what was done about what differs; and
        InvalidData where the record would break a rule.
        """
        agent = self._reader(reader)
        self._refuse_twice(agent, day)
        compared = [each for each in marks if each.mark in ("agrees", "differs")]
        differing = [each for each in marks if each.mark == "differs"]
        if differing and not note:
            raise LdnKgError(
                f"Of the figures {len(differing)} differ; say by --note what was done about it,"
                " such as which were mended."
            )
        failed = {each.item.part for each in differing}
        confirmed = sorted({each.item.part for each in compared} - failed)
        if not confirmed and not note:
            raise LdnKgError("Nothing is confirmed; say by --note why.")
        told = [_what(each) for each in marks if each.said]
        said: list[tuple[str, list[str]]] = [
            ("ldn:readingOf", [_term(self.study)]),
            ("dcterms:date", [f'"{day.isoformat()}"^^xsd:date']),
            ("ldn:reader", [_term(agent)]),
            ("ldn:readAs", [_term(LDNC + code) for code in sorted(read_as)]),
            ("schema:url", [str(Literal(page)) for page in sorted(pages)]),
            ("ldn:compared", [str(len(compared))]),
            ("ldn:agreed", [str(len(compared) - len(differing))]),
            ("ldn:confirms", [_term(part) for part in confirmed]),
            ("ldn:notSeenAgain", _english(_place(m) for m in marks if m.mark == "unseen")),
            ("skos:note", _english([*told, *([note] if note else [])])),
        ]
        content = self._with_block(_block(self._name(), [pair for pair in said if pair[1]]))
        self._check(content)
        return content

    def _reader(self, name: str) -> str:
        rows = self._dataset.rows(_READERS)
        for row in rows:
            if name in (row["reader"], shorten(row["reader"]), row["name"]):
                return row["reader"]
        known = ", ".join(f"{shorten(row['reader'])} ({row['name']})" for row in rows)
        raise LdnKgError(
            f"There is no reader {name!r}. The readers are {known}. Who reads for the first time"
            " has a record of three lines in data/dataset.ttl, or in a file that --data names:\n"
            '  ldnk:your-name\n      a prov:Person ;\n      schema:name "Your Name" .'
        )

    def _refuse_twice(self, agent: str, day: date) -> None:
        for name in self._said:
            said = {(predicate, value.value) for predicate, value in self._said[name]}
            wanted = {(LDN + "reader", agent), (PREFIXES["dcterms"] + "date", day.isoformat())}
            if LDN + "SecondReading" in self._classes(name) and wanted <= said:
                raise LdnKgError(
                    f"{self.file} has a reading by {shorten(agent)} of {day.isoformat()} already,"
                    f" {shorten(name)}; nothing is added."
                )

    def _name(self) -> str:
        name, number = f"{self.study}-second-reading", 2
        while name in self._said:
            name, number = f"{self.study}-second-reading-{number}", number + 1
        return name

    def _with_block(self, block: str) -> str:
        """Return the file with a block at its end, and the prefixes of the block at its top."""
        body = self._content.replace("\r\n", "\n").rstrip() + "\n"
        if not re.search(r"^# Second reading", body, re.MULTILINE):
            body += "\n# Second reading\n"
        declared = dict(re.findall(r"^@prefix ([\w-]*): <([^>]*)> \.$", body, re.MULTILINE))
        without_texts = re.sub(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|<[^<>]*+>', '""', block)
        used = set(re.findall(r"\b([a-z]+):", without_texts))
        for prefix in sorted(used & PREFIXES.keys()):
            if declared.setdefault(prefix, PREFIXES[prefix]) != PREFIXES[prefix]:
                raise LdnKgError(
                    f"{self.file} has the prefix {prefix}: for <{declared[prefix]}>; it must be for"
                    f" <{PREFIXES[prefix]}>."
                )
        rest = re.sub(r"^@prefix [\w-]*: <[^>]*> \.\n", "", body, flags=re.MULTILINE)
        head = "".join(f"@prefix {p}: <{space}> .\n" for p, space in sorted(declared.items()))
        whole = f"{head}{rest}\n{block}"
        return whole.replace("\n", "\r\n") if "\r\n" in self._content else whole

    def _has(self, subject: object) -> bool:
        name = str(subject).strip("<>")
        return name in self._said or name.startswith(f"{self.study}-")

    def _check(self, content: str) -> None:
        """Hold the new reading against the rules, and the rest for being what it was."""
        triples = [quad.triple for quad in parse(content, RdfFormat.TURTLE)]
        assert set(self._triples) < set(triples), "the rest of the file would not stay as it is"
        store, name = Store(), self._name()
        # Where the dataset has the study as well, the file has the newer state of it.
        store.bulk_extend(q for q in self._dataset.triples() if not self._has(q.subject))
        store.bulk_extend(Quad(t.subject, t.predicate, t.object, GRAPHS["local"]) for t in triples)
        broken = [p for p in validate(Dataset(store, ())).problems if p.record == name]
        if broken:
            raise InvalidData(broken)


_TYPE = iri("rdf:type").value


def find_file(dataset: Dataset, name: str) -> Path:
    """Return the file of a study, by its path or by any name of the study."""
    path = Path(name)
    if path.suffix == ".ttl" or path.exists():
        return path
    study = dataset.find(name, kind="study").value
    slug = study.rpartition("/")[2]
    return next((file for file in dataset.files if file.stem == slug), path)


def _entries(path: Path) -> Iterator[tuple[int, str, str, str]]:
    """Yield line, mark, words and what was written below of each entry of a checklist."""
    entry: tuple[int, str, list[str], list[str]] | None = None
    for number, line in enumerate(text(path).splitlines(), 1):
        begun = _MARKED.fullmatch(line.rstrip())
        if begun:
            if entry:
                yield _whole(entry)
            entry = number, begun[1], [begun[2]], []
        elif entry and line.startswith("    ") and not entry[3]:
            entry[2].append(line)  # the rest of a long line, whatever it begins with
        elif entry and line.lstrip().startswith(">"):
            entry[3].append(line.lstrip().lstrip(">").strip())
        elif entry:
            yield _whole(entry)
            entry = None
    if entry:
        yield _whole(entry)


def _whole(entry: tuple[int, str, list[str], list[str]]) -> tuple[int, str, str, str]:
    number, mark, words, said = entry
    return number, mark, " ".join(" ".join(words).split()), " ".join(said).strip()


def _place(marked: Marked) -> str:
    """Return which figure it is, without its value: of which part, and which property."""
    return (
        f"{marked.item.heading.partition(' (read as ')[0]}, {marked.item.words.partition(':')[0]}"
    )


def _what(marked: Marked) -> str:
    value = marked.item.words.partition(": ")[2]
    if marked.mark == "differs":
        return f"{_place(marked)}: the record said {value}, the source {marked.said}."
    return f"{_place(marked)}: {marked.said}"


def _english(texts: Iterable[str]) -> list[str]:
    return [str(Literal(words, language="en")) for words in dict.fromkeys(texts)]


def _block(name: str, said: list[tuple[str, list[str]]]) -> str:
    """Return a record as Turtle in the style of the project; several values have a line each."""
    lines = ["    a ldn:SecondReading"]
    for prop, values in said:
        listed = f" {values[0]}" if len(values) == 1 else "\n        " + " ,\n        ".join(values)
        lines.append(f"    {prop}{listed}")
    return f"{_term(name)}\n" + " ;\n".join(lines) + " .\n"


def _term(name: str) -> str:
    """Return an IRI as Turtle: by its prefix where there is one of ours."""
    short = shorten(name)
    return short if short != name and re.fullmatch(r"[a-z]+:[\w-]+", short) else f"<{name}>"
