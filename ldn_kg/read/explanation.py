"""The path by which a claim got its answer: what entered, what was kept out, which rule said so."""

from collections.abc import Iterable, Iterator

from pyoxigraph import NamedNode

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.namespaces import shorten
from ldn_kg.graph.rules import rule
from ldn_kg.graph.synthesis import words
from ldn_kg.graph.synthesis.answers import Answer, Graded
from ldn_kg.graph.synthesis.answers import answer as answer_question
from ldn_kg.graph.synthesis.enough import enough
from ldn_kg.graph.synthesis.facts import Facts, question
from ldn_kg.graph.synthesis.size import finding
from ldn_kg.graph.synthesis.synthesis import Entry, Synthesis
from ldn_kg.read.findings import in_order
from ldn_kg.read.lines import OF_CLAIM, Line, lines
from ldn_kg.read.summary import NOT_ADVICE, claim_answer
from ldn_kg.read.summary_page import awaited, beside, published
from ldn_kg.read.wrapping import wrap

_CLAIM = """
SELECT ?status ?meaning ?for ?against ?groupsFor ?ungroupedFor ?groupsAgainst ?ungroupedAgainst
  ?level ?where ?counterLevel ?counterWhere ?chain
WHERE {
  ?claim ldn:status [ skos:prefLabel ?status ; skos:definition ?meaning ] .
  OPTIONAL { ?claim ldn:supportingStudies ?for ; ldn:disputingStudies ?against }
  OPTIONAL {
    ?claim ldn:supportingGroups ?groupsFor ; ldn:supportingUngrouped ?ungroupedFor ;
      ldn:disputingGroups ?groupsAgainst ; ldn:disputingUngrouped ?ungroupedAgainst
  }
  OPTIONAL { ?claim ldn:evidenceLevel [ skos:notation ?level ; skos:definition ?where ] }
  OPTIONAL {
    ?claim ldn:counterEvidenceLevel [ skos:notation ?counterLevel ; skos:definition ?counterWhere ]
  }
  OPTIONAL { ?claim ldn:chainLevel/skos:notation ?chain }
}
"""
_PATH = """
SELECT DISTINCT ?step ?words ?level
WHERE {
  ?claim ldn:follows+ ?step .
  ?step rdfs:label ?words .
  OPTIONAL { ?step ldn:evidenceLevel/skos:notation ?level }
}
ORDER BY ?step
"""
# The claims on a group to which the object of a claim belongs, on which studies disagree.
_WIDER = """
SELECT DISTINCT ?wider ?words
WHERE {
  ?claim rdf:object/skos:broader+ ?group ;
    rdf:subject ?drug ;
    rdf:predicate ?relation ;
    ldn:system ?system .
  ?wider rdf:object ?group ;
    rdf:subject ?drug ;
    rdf:predicate ?relation ;
    ldn:system ?system ;
    ldn:status ldnc:studies-disagree ;
    rdfs:label ?words .
  OPTIONAL { ?claim ldn:doseCategory ?own }
  OPTIONAL { ?wider ldn:doseCategory ?dose }
  FILTER(COALESCE(?own, "") = COALESCE(?dose, ""))
}
ORDER BY ?wider
"""
_ABOUT = """
SELECT ?claim WHERE { ?claim ldn:status ?status ; rdf:subject|rdf:object ?record } ORDER BY ?claim
"""
_RULES = ("line-level", "set-aside", "tally", "groups", "evidence-level", "chain-level", "status")
_MOST = 8  # claims that a message names
_SIGNS = {1: "treatment better", -1: "comparator better", 0: "side not known"}


def explain(dataset: Dataset, name: str) -> str:
    """Return how a claim got its answer, step by step, in lines of 80 columns.

    On benefit and harm: each outcome with its results, what was kept out, the pool or the signs,
    the domains of certainty, published syntheses and what stands beside. On a mechanism: where and
    how it was measured. Raises LdnKgError where there is no such claim; for a condition or another
    record that claims are about, it names them.
    """
    expect_dataset(dataset)
    claim = dataset.find(name, kind="claim", strict=False)
    rows = dataset.rows(_CLAIM, claim=claim)
    if not rows:
        raise LdnKgError(_not_a_claim(dataset, claim))
    facts = Facts(dataset, few=True)
    asked = question(facts, shorten(claim.value))
    body = (
        _answer(facts, answer_question(facts, asked)) if asked else _claim(dataset, claim, rows[0])
    )
    title = [*wrap(dataset.label(claim)), f"<{claim.value}>", ""]
    return "\n".join([*title, *body]) + "\n"


def _not_a_claim(dataset: Dataset, record: NamedNode) -> str:
    claims = [shorten(row["claim"]) for row in dataset.rows(_ABOUT, record=record)]
    more = ", …" if len(claims) > _MOST else ""
    about = f" Claims about it: {', '.join(claims[:_MOST])}{more}." if claims else ""
    return f"{shorten(record.value)} is not a claim.{about} `ldn-kg query claims` lists all."


# Benefit and harm


def _answer(facts: Facts, found: Answer) -> Iterator[str]:
    told = claim_answer(facts, found)
    yield from wrap(told.sentence)
    yield ""
    yield from wrap(f"Status: {told.status}. {facts.one(found.word, 'skos:definition')}")
    for graded in in_order(found.graded):
        yield ""
        yield from _synthesis(facts, graded)
    yield from _titled("Kept out", _kept_out(facts, found.kept_out))
    yield from _titled("Published syntheses", published(told.published))
    yield from _titled("Overlap of the published syntheses", _overlap(facts, found))
    yield from _titled("Beside the answer, neither for nor against", beside(told))
    yield from _titled("Registered and awaited", awaited(told))
    yield ""
    yield from wrap(f"docs/grading.md gives the rules and their sources. {NOT_ADVICE}")


def _titled(title: str, body: Iterable[str]) -> list[str]:
    rows = list(body)
    return ["", title, *rows] if rows else []


def _synthesis(facts: Facts, graded: Graded) -> Iterator[str]:
    synthesis = graded.synthesis
    role = "decides" if graded.decides else "does not decide"
    title = (
        f"{facts.label(synthesis.outcome)}, against {facts.label(synthesis.comparator)} ({role})"
    )
    yield title[:1].upper() + title[1:]
    for entry in synthesis.entries:
        yield from _entry(facts, synthesis, entry)
    yield from wrap(f"Together: {_together(facts, synthesis)}", "  ", "    ")
    if synthesis.second_hand:
        yield from wrap(
            f"Without second-hand readings: {_first_hand(facts, synthesis)}", "  ", "    "
        )
    yield from wrap(
        f"Finding: {facts.label(graded.finding)}; size: {facts.label(graded.size)}", "  ", "    "
    )
    start = "high, since randomised" if synthesis.randomised else "low, since not randomised"
    yield f"  Certainty, from {start}:"
    for rating in graded.ratings:
        step = f"−{rating.steps}" if rating.steps else "0"
        words_ = f"{facts.label(rating.domain)}: {step}, {facts.label(rating.word)}. {rating.facts}"
        yield from wrap(words_, "    ", "      ")
    level, assessed = (
        facts.label(f"{c}-certainty") for c in (graded.certainty, graded.if_assessed)
    )
    beyond = (
        f"; {assessed}, were there no concern where nothing was read" if level != assessed else ""
    )
    yield from wrap(f"So: {level}{beyond}.", "    ", "      ")
    yield from wrap(f"Enough by the rule: {enough(facts, synthesis)}", "  ", "    ")
    yield from wrap(
        f"Answer: {facts.label(graded.word)}. {words.synthesis_sentence(facts, graded)}",
        "  ",
        "    ",
    )


def _entry(facts: Facts, synthesis: Synthesis, entry: Entry) -> Iterator[str]:
    candidate = entry.candidate
    yield from wrap(
        f"{facts.label(candidate.study)} ({candidate.study}): {facts.label(candidate.result)}"
        f" ({words.people_words(entry.people)}; read as {_readings(facts, entry)})",
        "  ",
        "    ",
    )
    side = _SIGNS[entry.lean]
    if entry.estimate is None:
        yield f"    no size: {side}"
        return
    effect = "; ".join(words.effect_words(facts, synthesis.of(entry)))
    source = facts.label(entry.estimate.error_from)
    weight = ""
    if synthesis.pool and entry in synthesis.pooled:
        weight = f"; weight {100 * synthesis.pool.shares[synthesis.pooled.index(entry)]:.0f} %"
    elif synthesis.pool:
        weight = "; on another scale, not pooled"
    error = f"standard error {entry.estimate.effect.error:.3g} from {source}"
    yield from wrap(f"{effect}; {error}{weight}", "    ")


def _readings(facts: Facts, entry: Entry) -> str:
    return ", ".join(map(facts.label, entry.candidate.readings))


def _together(facts: Facts, synthesis: Synthesis) -> str:
    effect = "; ".join(words.effect_words(facts, synthesis))
    if not synthesis.pool:
        alone = "one size alone" if synthesis.effect else "nothing to pool"
        return f"{effect} ({alone})"
    between = synthesis.pool.tau_squared
    model = "common effect" if between is None else f"random effects, τ² {between:.3g}"
    return (
        f"{effect} ({len(synthesis.pooled)} studies, {model}, I² {synthesis.pool.i_squared:.0f} %)"
    )


def _first_hand(facts: Facts, synthesis: Synthesis) -> str:
    without = synthesis.first_hand()
    if not without.entries:
        return "nothing is left"
    return f"{_together(facts, without)}; {facts.label(finding(facts, without))}"


def _kept_out(facts: Facts, kept: Iterable[Entry]) -> Iterator[str]:
    for entry in sorted(kept, key=lambda e: e.candidate.result):
        why = ", ".join(map(facts.label, entry.kept_out))
        label = f"{facts.label(entry.candidate.study)}: {facts.label(entry.candidate.result)}"
        yield from wrap(f"{label}: {why}", "  ", "    ")


def _overlap(facts: Facts, found: Answer) -> Iterator[str]:
    """Yield which studies several published syntheses share, and how much that is.

    The corrected covered area (Pieper and others, J Clin Epidemiol 2014): how much of what
    several reviews include is the same, from 0 to 100 percent; of the studies of this dataset only.
    """
    bearing = {facts.one(line, "study") for line in facts.lines(found.question.claim)}
    included = {
        review: bearing.intersection(
            facts.many(review, "includes") + facts.many(review, "probablyIncludes")
        )
        for review in found.beside.reviews
    }
    known = {review: studies for review, studies in included.items() if studies}
    for study in sorted(set().union(*known.values())):
        by = [facts.label(review) for review, studies in sorted(known.items()) if study in studies]
        yield from wrap(f"{facts.label(study)}: in {'; '.join(by)}", "  ", "    ")
    if len(known) > 1:
        every, rows = sum(map(len, known.values())), len(set().union(*known.values()))
        area = 100 * (every - rows) / (rows * len(known) - rows)
        yield f"  Corrected covered area: {area:.0f} %, of the studies that are known"


# Mechanisms, doses and kinds


def _claim(dataset: Dataset, claim: NamedNode, row: dict[str, str]) -> Iterator[str]:
    yield from wrap(f"Status: {row['status']}. {row['meaning']} [status]")
    yield f"Studies that count: {row['for']} for, {row['against']} against [tally]"
    if row["status"] == "studies disagree" and row["against"] == "0":
        for wider in wider_claims(dataset, claim):
            yield from wrap(
                f"Studies disagree on the group: {wider['words']} ({shorten(wider['wider'])}). This"
                " claim stands no firmer [status]"
            )
    if row["groupsFor"]:
        on_sides = ", ".join(
            _groups(row[f"groups{side}"], row[f"ungrouped{side}"], side.lower())
            for side in ("For", "Against")
        )
        yield from wrap(f"Independent research groups: {on_sides} [groups]")
    for title, level, where in (
        ("Evidence level", row["level"], row["where"]),
        ("Counter-evidence level", row["counterLevel"], row["counterWhere"]),
    ):
        if level:
            yield from wrap(f"{title}: {level}. {where} [evidence-level]")
    if row["chain"]:
        yield from wrap(
            f"Level of the path: {row['chain']}, that of its weakest step [chain-level]"
        )
        for step in path_to(dataset, claim):
            yield from wrap(
                f"follows from: {step['words']} ({step['level'] or 'no level'})", "  ", "    "
            )
    evidence = lines(dataset, OF_CLAIM, claim)
    yield from _titled("Evidence lines", (text for line in evidence for text in _line(line)))
    if not evidence:
        yield "\nNo evidence line bears on this claim."
    yield "\nThe rules named in brackets"
    yield from map(_rule_words, _RULES)


def path_to(dataset: Dataset, claim: NamedNode) -> list[dict[str, str]]:
    """Return the claims from which a claim follows, step by step.

    The keys are `step` (IRI), `words` and `level`, "" where there is none.
    """
    return dataset.rows(_PATH, claim=claim)


def wider_claims(dataset: Dataset, claim: NamedNode) -> list[dict[str, str]]:
    """Return the claims on the group of its object on which studies disagree.

    The keys are `wider` (IRI) and `words`.
    """
    return dataset.rows(_WIDER, claim=claim)


def _groups(known: str, ungrouped: str, side: str) -> str:
    """Return how many groups are on a side, and how many studies beside them of no known group."""
    if ungrouped == "0":
        return f"{known} {side}"
    studies = "1 study" if ungrouped == "1" else f"{ungrouped} studies"
    return f"{known} {side} (and {studies} of no known group)"


def _line(line: Line) -> Iterator[str]:
    count = line.participants
    people = f", {words.people_words(count)}" if count is not None else ""
    level = f": {line.level} [line-level]" if line.level else ""
    yield from wrap(f"{shorten(line.iri)}: {line.direction}", "  ", "    ")
    yield from wrap(f"{line.design}{people}{level}", "    ")
    aside = "; ".join(line.set_aside)
    yield from wrap(f"set aside: {aside} [set-aside]" if aside else "counts", "    ")


def _rule_words(name: str) -> str:
    """Return the comment that opens a rule: its question and its reasons."""
    told = " ".join(line[2:] for line in rule(name).splitlines() if line.startswith("# "))
    return "\n".join(wrap(told, f"  {name}: ", "    "))
