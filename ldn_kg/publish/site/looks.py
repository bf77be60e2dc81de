"""What templates call: how a value looks, by a class of the style sheet, a word or a chart."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from ldn_kg.graph.synthesis.words import fixed
from ldn_kg.read import charts
from ldn_kg.read.findings import Finding
from ldn_kg.read.summary import Trial

# What a status means for a reader, where it is not neutral: a class of the style sheet.
_TONES = {
    "good": ("benefit shown", "benefit possible", "less often", "observed", "agreed"),
    "bad": (
        "harm shown",
        "harm possible",
        "more often",
        "known effect",
        "not observed",
        "contradicted",
        "withdrawn",
    ),
    "same": ("little or no benefit", "little or no benefit, possibly"),
    "mixed": ("studies disagree", "differs by outcome", "sources disagree"),
}
_CERTAINTIES = ("", "very low", "low", "moderate", "high")
_FIRMNESS = {"low": "firm", "moderate": "firm firmest", "high": "firm firmest"}


def daily_dose(row: dict[str, str]) -> str:
    """Return a daily dose in mg, such as "4.5", "1.5 to 4.5" or "up to 4.5"; "" if unknown.

    The keys of the row are `doseMin` and `doseMax`, "" if unknown.
    """
    least, most = row["doseMin"], row["doseMax"]
    if not most:
        return f"from {least}" if least else ""
    if not least:
        return f"up to {most}"
    return most if least == most else f"{least} to {most}"


def capital(words: str) -> str:
    """Return words with a capital first letter; the others stay as they are."""
    return words[:1].upper() + words[1:]


def plural(noun: str, number: int) -> str:
    """Return a noun as it stands beside a number: study, studies; rating of, ratings of."""
    if number == 1:
        return noun
    first, of, rest = noun.partition(" of ")
    many = f"{first[:-1]}ies" if re.search("[^aeiou]y$", first) else f"{first}s"
    return {"synthesis": "syntheses"}.get(first, many) + of + rest


def sentences(text: str) -> list[str]:
    """Return the sentences of an answer, so that each can stand on a line of its own."""
    return re.split(r"(?<=[.)]) +(?=[A-Z])", text)


def doses_in_words(trials: Iterable[Trial]) -> str:
    """Return the range of the greatest daily doses of some trials, "" where none is known."""
    doses = sorted({greatest for trial in trials for _, greatest in trial.daily})
    if not doses:
        return ""
    ends = dict.fromkeys((doses[0], doses[-1]))
    return " to ".join(f"{dose:g}" for dose in ends) + " mg a day"


def tone(status: str) -> str:
    """Return the class of a status: good, bad, same, mixed or none."""
    return next((tone for tone, words in _TONES.items() if status in words), "none")


def look(finding: Finding) -> str:
    """Return the classes of a finding: direction, how firm by certainty, how large by people."""
    people = finding.participants or 0
    size = "large" if people >= 100 else "small" if people < 30 else ""
    names = charts.LOOKS[finding.found], _FIRMNESS.get(finding.certainty, ""), size
    return " ".join(filter(None, names))


def marked(text: str) -> Markup:
    """Return a line of Markdown as HTML: code and emphasis; a link becomes its words."""
    safe = str(escape(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)))
    safe = re.sub(r"`([^`]*)`", r"<code>\1</code>", safe)
    return Markup(re.sub(r"\*([^*]+)\*", r"<em>\1</em>", safe))


def number(value: float) -> str:
    """Return a number with two decimals and a true minus sign."""
    return charts.minus(fixed(value, 2))


FILTERS = {"capital": capital, "marked": marked, "plural": plural, "sentences": sentences}
FUNCTIONS = {
    "dose": daily_dose,
    "doses": charts.doses,
    "doses_in_words": doses_in_words,
    "drawn": charts.effects,
    "look": look,
    "number": number,
    "published": charts.published,
    "titration": charts.titration,
    "rank": _CERTAINTIES.index,
    "tone": tone,
}
