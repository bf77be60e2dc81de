"""What agents can ask of a dataset: each answer as text, and as data of a known shape.

Each answer carries the version of the dataset, the papers that it rests on, and what it is not.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph import questions
from ldn_kg.graph.answer import Answer
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.names import alike
from ldn_kg.graph.namespaces import BASE, shorten
from ldn_kg.graph.sparql import names_its_graphs
from ldn_kg.publish.release.metadata import version_of
from ldn_kg.read import citation, explanation, page, summary
from ldn_kg.read.papers import Paper, papers
from ldn_kg.read.search import Entry, Found, Search
from ldn_kg.read.summary import NOT_ADVICE, Awaited, ClaimAnswer, Trial

_SOURCES = 40  # papers that an answer names
_LONGEST = 40_000  # characters of a text, and of the rows of an answer
# The papers of studies and of their parts, and of the studies that bear on a claim.
_PAPERS = """
SELECT DISTINCT ?study ?paper
WHERE {
  VALUES ?record { %s }
  { ?record ldn:publication ?paper BIND(?record AS ?study) }
  UNION { ?study ldn:arm|ldn:result ?record ; ldn:publication ?paper }
  UNION { ?study ldn:publication ?record BIND(?record AS ?paper) }
  UNION { ?record (ldn:synthesisOf)?/^ldn:claim/ldn:study ?study . ?study ldn:publication ?paper }
}
ORDER BY ?study ?paper
"""
_STANDING = """
SELECT ?status ?certainty ?sentence
WHERE {
  ?record ldn:status/skos:prefLabel ?status .
  OPTIONAL { ?record ldn:certainty/skos:prefLabel ?certainty }
  OPTIONAL { ?record ldn:answer ?sentence }
}
"""
Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Source:
    """A paper on which an answer rests: whose study it is of, its reference and identifiers."""

    study: str
    reference: str
    doi: str
    pmid: str
    retracted: bool


@dataclass(frozen=True)
class Told:
    """What every answer says of itself: version, what it is not, and its papers.

    `more_sources` counts further papers, which are not named.
    """

    version: str
    notice: str
    sources: tuple[Source, ...]
    more_sources: int


@dataclass(frozen=True)
class Hit:
    """What a search found: its kind, the name that other tools take, and what is known of it."""

    kind: str
    name: str
    iri: str
    label: str
    status: str
    sentence: str


@dataclass(frozen=True)
class Hits(Told):
    """What a search found, best first.

    `complete` is false where nothing has all of the words; `near` are names near to them.
    """

    hits: tuple[Hit, ...]
    total: int
    complete: bool
    near: tuple[str, ...]


@dataclass(frozen=True)
class Rows(Told):
    """The rows of an answer; `cut` is true where there are more than are told.

    `yes` is the answer to an ASK query, `turtle` what CONSTRUCT or DESCRIBE built; else null, "".
    """

    columns: tuple[str, ...]
    rows: tuple[dict[str, Cell], ...]
    cut: bool
    yes: bool | None
    turtle: str


@dataclass(frozen=True)
class Outcome:
    """What was found on one outcome against one comparator, in words; `decides` the answer."""

    iri: str
    outcome: str
    comparator: str
    decides: bool
    effect: str
    trials: int
    participants: int | None
    status: str
    certainty: str


@dataclass(frozen=True)
class Dosed:
    """A trial on an outcome that decides: its dose, duration, and people; if it found benefit."""

    iri: str
    label: str
    dose: str
    duration: str
    participants: int | None
    found_benefit: bool


@dataclass(frozen=True)
class Aside:
    """A study beside the answer, neither for nor against, and why it does not decide."""

    iri: str
    label: str
    why: str
    participants: int | None


@dataclass(frozen=True)
class Standing:
    """What can be said on one claim: quote `sentence` whole, with its certainty."""

    iri: str
    claim: str
    sentence: str
    status: str
    certainty: str
    outcomes: tuple[Outcome, ...]
    trials_that_found_benefit: tuple[Dosed, ...]
    trials_that_did_not: tuple[Dosed, ...]
    awaited: tuple[Awaited, ...]
    beside: tuple[Aside, ...]


@dataclass(frozen=True)
class Harm:
    """What is known on one unwanted effect of the treatment, whatever it is taken for."""

    iri: str
    harm: str
    sentence: str
    status: str
    certainty: str


@dataclass(frozen=True)
class Answered(Told):
    """The answers on a condition, a symptom or a harm, and the harms of the treatments."""

    iri: str
    label: str
    answers: tuple[Standing, ...]
    harms: tuple[Harm, ...]


@dataclass(frozen=True)
class Page(Told):
    """A record as a page of text, with the status and the certainty of a claim; `cut` if so."""

    iri: str
    label: str
    status: str
    certainty: str
    sentence: str
    page: str
    cut: bool


class Tools:
    """The tools on one dataset. Each returns its answer as text, and as data."""

    def __init__(self, dataset: Dataset, rows: int) -> None:
        """Keep the dataset, and how many rows an answer may have."""
        self._dataset, self._rows = dataset, rows
        self._search = Search(dataset)
        self._version = version_of(dataset)[1]
        if dataset.has_local:
            self._version += ", with records of the user's own"

    def version(self) -> str:
        """Return the version of the dataset."""
        return self._version

    def search(self, words: str, kind: str | None, limit: int) -> tuple[str, Hits]:
        """Find records and questions by words."""
        found = self._search.find(words, kind=kind, limit=limit)
        hits = tuple(map(_hit, found))
        told = self._told(hit.iri for hit in hits if hit.kind in ("study", "publication"))
        data = Hits(*told, hits, found.total, found.complete, found.near)
        return self._text(_found_words(found), told), data

    def answer(self, name: str) -> tuple[str, Answered]:
        """Say what is known on a condition, a symptom or a harm."""
        found = summary.answer(self._dataset, name)
        studies = (study for each in found.answers for study in _studies(each))
        told = self._told(studies)
        answers = tuple(map(_standing, found.answers))
        harms = tuple(
            Harm(h.iri, h.subject, h.sentence, h.status, h.certainty) for h in found.harms
        )
        text = str(found).removesuffix(f"{NOT_ADVICE}\n")
        return self._text(text, told), Answered(*told, found.iri, found.label, answers, harms)

    def ask(self, question: str, parameters: Mapping[str, Any]) -> tuple[str, Rows]:
        """Answer a named question; without a name, list them."""
        if not question:
            return self._questions()
        shipped = questions.questions()
        if question not in shipped:
            near = " or ".join(alike(question, shipped, 3, 0.4))
            hint = f" Did you mean {near}?" if near else ""
            raise LdnKgError(
                f"There is no question {question!r}.{hint} Without a name, `ask` lists them."
            )
        words = shipped[question].words
        return self._rows_of(questions.query(self._dataset, question, parameters), words)

    def sparql(self, query: str) -> tuple[str, Rows]:
        """Answer a SPARQL query on the union of all graphs."""
        if query in questions.questions():
            raise LdnKgError("That is the name of a question; `ask` answers it.")
        query = f"{query} "  # a text with a space is never taken for a name
        if names_its_graphs(query):
            raise LdnKgError("Leave FROM out: all graphs are asked, and GRAPH ?g {…} chooses.")
        return self._rows_of(questions.query(self._dataset, query), "")

    def explain(self, claim: str) -> tuple[str, Page]:
        """Show how a claim got its answer."""
        record = self._dataset.find(claim, kind="claim", strict=False)
        return self._page(record, explanation.explain(self._dataset, claim))

    def show(self, name: str) -> tuple[str, Page]:
        """Show a record as a page."""
        return self._page(self._dataset.find(name), page.show(self._dataset, name))

    def cite(self, name: str | None, form: str) -> tuple[str, Page]:
        """Say how to cite the dataset or a record."""
        record = self._dataset.find(name) if name else version_of(self._dataset)[0]
        return self._page(record, citation.cite(self._dataset, name, form))

    def _page(self, record: NamedNode, text: str) -> tuple[str, Page]:
        told = self._told([record.value])
        row = next(iter(self._dataset.rows(_STANDING, record=record)), {})
        status, certainty, sentence = map(row.get, ("status", "certainty", "sentence"), ("",) * 3)
        cut = len(text) > _LONGEST
        if cut:
            text = f"{text[:_LONGEST]}…\nThe page is longer, and was cut here."
        label = self._dataset.label(record)
        data = Page(*told, record.value, label, status, certainty, sentence, text, cut)
        head = f"Status: {status}{certainty and f', {certainty} certainty'}\n" if row else ""
        return self._text(f"{head}{text}", told), data

    def _questions(self) -> tuple[str, Rows]:
        rows: tuple[dict[str, Cell], ...] = tuple(
            {
                "question": each.name,
                "words": each.words,
                "parameters": "; ".join(f"{n}: {m}" for n, m in each.parameters.items()),
            }
            for each in questions.questions().values()
        )
        told = self._told(())
        data = Rows(*told, tuple(rows[0]), rows, False, None, "")
        return self._text(_csv(data), told), data

    def _rows_of(self, answer: Answer, words: str) -> tuple[str, Rows]:
        """Return the first rows of an answer, and whether there are more."""
        if answer.builds_triples:
            turtle = self._turtle(answer)
            told = self._told(())
            return self._text(turtle, told), Rows(*told, (), (), False, None, turtle)
        first = [
            {name: _cell(value) for name, value in row.items()}
            for row in islice(answer, self._rows + 1)
        ]
        rows, cut = _fitting(first[: self._rows]), len(first) > self._rows
        cut = cut or len(rows) < len(first)
        told = self._told(_records(rows))
        data = Rows(*told, answer.columns, tuple(rows), cut, answer.truth, "")
        if answer.truth is not None:
            return self._text("yes" if answer.truth else "no", told), data
        more = f"THERE ARE MORE ROWS: these are the first {len(rows)}, cut. " if cut else ""
        count = f"({more}{len(rows)} row{'' if len(rows) == 1 else 's'})"
        return self._text("\n".join(filter(None, (words, _csv(data), count))), told), data

    def _turtle(self, answer: Answer) -> str:
        try:
            answer.refuse_more_than(self._rows)
        except LdnKgError as error:
            raise LdnKgError(
                f"The answer has more than {self._rows} triples; narrow it, or end it with a LIMIT."
            ) from error
        return answer.serialize("turtle").decode()

    def _told(self, records: Iterable[str]) -> tuple[str, str, tuple[Source, ...], int]:
        """Return what every answer says of itself, with the papers of some records."""
        wanted = {record: place for place, record in enumerate(dict.fromkeys(records))}
        rows = self._dataset.rows(_PAPERS % " ".join(f"<{record}>" for record in wanted))
        rows.sort(key=lambda row: wanted.get(row["study"], len(wanted)))
        studies = {row["paper"]: row["study"] for row in reversed(rows)}
        named = [
            _source(study, facts)
            for paper, study in islice(reversed(studies.items()), _SOURCES)
            for facts in papers(self._dataset, paper)
        ]
        return self._version, NOT_ADVICE, tuple(named), len(studies) - len(named)

    def _text(self, body: str, told: tuple[str, str, tuple[Source, ...], int]) -> str:
        version, notice, sources, more = told
        lines = [body.rstrip(), ""]
        if sources:
            lines += ["Papers", *(f"  {source.reference} <{source.study}>" for source in sources)]
            lines += [f"  and {more} more: `cite` gives that of one study", ""] if more else [""]
        return "\n".join([*lines, f"ldn-kg {version}. {notice}"]) + "\n"


def _hit(entry: Entry) -> Hit:
    return Hit(entry.kind, entry.name, entry.iri, entry.label, entry.status, entry.sentence)


def _found_words(found: Found) -> str:
    lines = []
    for entry in found:
        known = f": {entry.sentence or entry.status}" if entry.sentence or entry.status else ""
        lines.append(f"{entry.kind} {entry.name} | {entry.label}{known}")
    return "\n".join([*lines, str(found)])


def _standing(answer: ClaimAnswer) -> Standing:
    return Standing(
        answer.iri,
        answer.label,
        answer.sentence,
        answer.status,
        answer.certainty,
        tuple(
            Outcome(
                f.iri,
                f.name,
                f.comparator,
                f.decides,
                f.effect,
                f.trials,
                f.participants,
                f.status,
                f.certainty,
            )
            for f in answer.findings
        ),
        tuple(_dosed(trial) for trial in answer.trials if trial.found_benefit),
        tuple(_dosed(trial) for trial in answer.trials if not trial.found_benefit),
        answer.awaited,
        tuple(Aside(b.iri, b.label, b.kind, b.participants) for b in answer.beside),
    )


def _dosed(trial: Trial) -> Dosed:
    return Dosed(
        trial.iri, trial.label, trial.dose, trial.duration, trial.participants, trial.found_benefit
    )


def _studies(answer: ClaimAnswer) -> Iterator[str]:
    """Yield the studies of an answer: first those that decide, then reviews, then the others."""
    yield from (entered.study for finding in answer.findings for entered in finding.studies)
    yield from (published.iri for published in answer.published)
    yield from (beside.iri for beside in answer.beside)


def _source(study: str, paper: Paper) -> Source:
    return Source(study, paper.reference, paper.doi, paper.pmid, paper.retracted)


def _cell(value: Any) -> Cell:
    """Return a value as JSON has it; a decimal as the nearest number."""
    return float(value) if isinstance(value, Decimal) else value


def _fitting(rows: list[dict[str, Cell]]) -> list[dict[str, Cell]]:
    """Return as many rows as are not too long; raise LdnKgError where the first is."""
    length, fitting = 0, []
    for row in rows:
        length += sum(len(str(value)) for value in row.values())
        if length > _LONGEST:
            break
        fitting.append(row)
    if rows and not fitting:
        raise LdnKgError(f"One row has more than {_LONGEST} characters; ask for less.")
    return fitting


def _records(rows: Iterable[dict[str, Cell]]) -> Iterator[str]:
    """Yield the studies and publications that rows name."""
    for row in rows:
        for value in row.values():
            if isinstance(value, str) and value.startswith(
                (f"{BASE}study/", f"{BASE}publication/")
            ):
                yield value


def _csv(data: Rows) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(data.columns)
    for row in data.rows:
        writer.writerow([shorten(v) if isinstance(v, str) else v for v in row.values()])
    return text.getvalue().rstrip("\n")
