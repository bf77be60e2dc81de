"""A summary of findings as a page of 80 columns, for the terminal."""

from collections.abc import Iterable, Iterator

from ldn_kg.graph.namespaces import shorten
from ldn_kg.graph.synthesis.words import count, fixed, people_words
from ldn_kg.read.findings import Finding
from ldn_kg.read.summary import NOT_ADVICE, ClaimAnswer, Published, Summary, Trial
from ldn_kg.read.wrapping import wrap


def page(summary: Summary) -> str:
    """Return the page, with a line feed at its end."""
    lines = [summary.label, ""]
    for answer in summary.answers:
        lines += [*_answer(answer), ""]
    lines += _section("Harms of the treatment, whatever it is taken for", _harms(summary.harms))
    return "\n".join([*_single(lines), *wrap(NOT_ADVICE)]) + "\n"


def _single(lines: list[str]) -> Iterator[str]:
    """Yield the lines with one empty line where there are several."""
    for before, line in zip(["", *lines], lines, strict=False):
        if before or line:
            yield line


def _section(title: str, body: Iterable[str]) -> list[str]:
    lines = list(body)
    return [title, *lines, ""] if lines else []


def _answer(answer: ClaimAnswer) -> Iterator[str]:
    yield from wrap(answer.sentence)
    yield f"({shorten(answer.iri)})"
    yield ""
    deciding = [finding for finding in answer.findings if finding.decides]
    others = [finding for finding in answer.findings if not finding.decides]
    yield from _section("Summary of findings", _findings(deciding))
    yield from _section("Outcomes that do not decide", _findings(others))
    if not answer.is_harm:
        found = [trial for trial in answer.trials if trial.found_benefit]
        not_found = [trial for trial in answer.trials if not trial.found_benefit]
        yield from _section("Doses of the trials that found benefit", _trials(found))
        yield from _section("Doses of the trials that did not", _trials(not_found))
    yield from _section("Trials awaited", awaited(answer))
    yield from _section("Published syntheses", published(answer.published))
    yield from _section("Beside the answer, neither for nor against", beside(answer))


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        yield from wrap(f"{finding.outcome}, against {finding.comparator}", "  ")
        trials = count(finding.trials, "trial")
        pooled = f", {finding.pooled_trials} pooled" if finding.pooled_trials > 1 else ""
        yield from wrap(f"{trials}{pooled}, {people_words(finding.participants or 0)}", "    ")
        yield from wrap(finding.effect, "    ")
        yield from wrap(f"{finding.status}; {finding.certainty} certainty", "    ")


def _trials(trials: Iterable[Trial]) -> Iterator[str]:
    for trial in trials:
        told = filter(None, (trial.dose, trial.duration, people_words(trial.participants or 0)))
        yield from wrap(f"{trial.label}: {', '.join(told)}", "  ", "    ")


def awaited(answer: ClaimAnswer) -> Iterator[str]:
    """Yield the registered trials without a result, each with its number, size, state and end."""
    for trial in answer.awaited:
        planned = f"{trial.planned} people planned" if trial.planned else ""
        ends = f"ends {trial.ends}" if trial.ends else ""
        told = ", ".join(filter(None, (*trial.identifiers, planned, trial.state, ends)))
        yield from wrap(f"{trial.label}: {told}" if told else trial.label, "  ", "    ")


def published(values: Iterable[Published]) -> Iterator[str]:
    """Yield what reviews published, each value with its search and what is newer."""
    for pooled in values:
        numbers = (pooled.estimate, pooled.low, pooled.high)
        value = "{} {}, {} to {}".format(pooled.measure, *map(_number, numbers))
        searched = (
            f"searched to {pooled.searched}" if pooled.searched else "date of search not seen"
        )
        yield from wrap(f"{pooled.label}: {pooled.outcome}, {value}; {searched}", "  ", "    ")
        if pooled.newer:
            yield from wrap(f"not in it, since newer: {', '.join(pooled.newer)}", "    ")


def _number(value: float) -> str:
    return fixed(value, 2).replace("-", "−")


def beside(answer: ClaimAnswer) -> Iterator[str]:
    """Yield the studies beside an answer, by kind, each with its people where known."""
    kinds: dict[str, list[str]] = {}
    for study in answer.beside:
        people = f" ({study.participants})" if study.participants else ""
        kinds.setdefault(study.kind, []).append(f"{study.label}{people}")
    for kind, studies in kinds.items():
        yield from wrap(f"{len(studies)} {kind}: {'; '.join(studies)}", "  ", "    ")


def _harms(harms: Iterable[ClaimAnswer]) -> Iterator[str]:
    for harm in harms:
        effect = next((f"; {finding.effect}" for finding in harm.findings if finding.estimate), "")
        yield from wrap(f"{harm.subject}: {harm.status}{effect}", "  ", "    ")
