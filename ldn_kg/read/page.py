"""A record as a readable page of text, for the terminal."""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import LDNC, shorten
from ldn_kg.read.lines import Line
from ldn_kg.read.parts import Part
from ldn_kg.read.record import Answer, Fact, Pointer, Record, Records, Value
from ldn_kg.read.wrapping import wrap

_MOST = 10  # records that use a code
_ELSEWHERE = ("evidence line", "discrepancy")  # parts that a page tells in sections of their own


def show(dataset: Dataset, name: str) -> str:
    """Return a readable page of one record, with its parts and with what points to it.

    Raises LdnKgError with the nearest names where there is no such record.
    """
    expect_dataset(dataset)
    record = Records(dataset)[dataset.find(name).value]
    return "\n".join(_page(dataset, record)) + "\n"


def _page(dataset: Dataset, record: Record) -> Iterator[str]:
    code = f" ({shorten(record.iri)})" if record.iri.startswith(LDNC) else ""
    yield record.label + code
    if record.answer:
        yield from wrap(record.answer)
    yield f"{record.kind} <{record.iri}>\n"
    if record.is_read_once:
        yield "Read only once: nobody has compared this record with its source a second time.\n"
    answers = list(map(_answer, record.answers))
    yield from [*answers, ""] if answers else []
    yield from (_fact(fact) for fact in record.facts if fact.name != "answer")
    yield from _section("Syntheses", map(_synthesis, record.syntheses))
    for kind, parts in record.parts.items():
        if kind not in _ELSEWHERE:
            yield from _section(_title(kind, record), map(_part, parts))
    yield from _section("Evidence", (_from_study(line) for line in record.lines))
    yield from _section("Bears on", (_on_claim(dataset, line) for line in record.bears_on))
    differing = (_wrap(f"{other.kind}: ", other.words) for other in record.discrepancies)
    yield from _section("Discrepancies", differing)
    yield from _section("Pointed to by", _pointers(record, bool(code)))


def _pointers(record: Record, is_term: bool) -> Iterator[str]:
    """Yield what points to a record: of a code that half the data use, only the first."""
    pointers = record.pointers
    is_list = record.kind == "concept scheme"
    shown = _MOST if is_term and not is_list else len(pointers)
    yield from (_pointer(pointer, is_term) for pointer in pointers[:shown])
    if len(pointers) > shown:
        yield _wrap("", f"and {len(pointers) - shown} more")


def _section(title: str, lines: Iterable[str]) -> list[str]:
    body = list(lines)
    return ["", title, *body] if body else []


def _fact(fact: Fact) -> str:
    # Sentences follow each other, values are set apart.
    values = "; ".join(map(_value, sorted(fact.values, key=lambda value: value.words)))
    return _wrap(f"{fact.name}: ", values.replace(".; ", ". "))


def _answer(answer: Answer) -> str:
    return _wrap("", f"{answer.sentence} ({answer.of.name})")


def _synthesis(answer: Answer) -> str:
    beside = "" if answer.decides else "; not what decides"
    return _wrap("", f"{answer.sentence} ({answer.of.name}{beside})")


def _part(part: Part) -> str:
    return _wrap("", part.words)


def _from_study(line: Line) -> str:
    people = f", n = {line.participants}" if line.participants is not None else ""
    level = f", {line.level}" if line.level else ""
    words = f"{shorten(line.study)}, {line.design}{people}{level}{_aside(line)}"
    return _wrap(f"{line.direction}: ", words)


def _on_claim(dataset: Dataset, line: Line) -> str:
    claim = Value(dataset.label(NamedNode(line.claim)), line.claim)
    return _wrap(f"{line.direction}: ", f"{_value(claim)}{_aside(line)}")


def _aside(line: Line) -> str:
    return f"; set aside: {', '.join(line.set_aside)}" if line.set_aside else ""


def _pointer(pointer: Pointer, is_term: bool) -> str:
    """Say what points to a record; to a term of a list other terms do, by the codes to type."""
    status = f" [{pointer.status}]" if pointer.status else ""
    iri = pointer.source.iri or ""
    code = f" ({shorten(iri)})" if is_term and iri.startswith(LDNC) else ""
    return _wrap("", f"{_value(pointer.source)}{code}, as {pointer.name}{status}")


def _value(value: Value) -> str:
    return value.words if value.name in ("", value.words) else f"{value.words} ({value.name})"


def _title(kind: str, record: Record) -> str:
    """Return the title of the parts of a kind; what is kept out stands with the claim."""
    if kind == "contribution" and record.lines:
        return "Kept out of the syntheses"
    noun, of, rest = kind.capitalize().partition(" of ")
    return f"{noun}s{of}{rest}"


def _wrap(first: str, text: str) -> str:
    return "\n".join(wrap(text or "–", f"  {first}", " " * 6))
