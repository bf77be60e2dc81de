"""Renders pages from templates: all text from the data is escaped, all links are relative."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ldn_kg.graph.namespaces import BASE, LDN
from ldn_kg.graph.synthesis.answers import answer
from ldn_kg.graph.synthesis.facts import Facts, questions
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.read import charts
from ldn_kg.read.findings import Finding
from ldn_kg.read.record import Records, slug
from ldn_kg.read.summary import ClaimAnswer, Trial, claim_answer

_NAVIGATION = (
    ("conditions.html", "Conditions"),
    ("harms.html", "Harms"),
    ("doses.html", "Doses"),
    ("mechanism.html", "Mechanisms"),
    ("studies.html", "Studies"),
    ("claims.html", "Claims"),
    ("query.html", "Questions"),
)
_BELOW = (
    ("ontology.html", "Vocabulary"),
    ("shapes.html", "Rules for the data"),
    ("search.html", "Search"),
)
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
    "mixed": ("studies disagree", "outcomes differ", "sources disagree"),
}
_CERTAINTIES = ("", "very low", "low", "moderate", "high")
_FIRMNESS = {"low": "firm", "moderate": "firm firmest", "high": "firm firmest"}


@dataclass(frozen=True)
class Page:
    """A page: its path, its title, the IRI that it is about, and the values for its template.

    `alternates` are the media type and path of each RDF file with the same content, `schema` is
    JSON-LD for search engines, `context` holds the variables of the template.
    """

    path: str
    title: str
    template: str
    summary: str
    kind: str = ""
    iri: str = ""
    warning: str = ""
    alternates: tuple[tuple[str, str], ...] = ()
    schema: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


class Renderer:
    """Renders the pages of one dataset."""

    def __init__(self, records: Records, base_url: str | None) -> None:
        """Load the templates, and the values that every page shares."""
        self._records = records
        facts = about(records.dataset)
        self._environment = Environment(
            loader=PackageLoader("ldn_kg.publish.site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self._environment.filters.update(capital=_capital, plural=_plural, sentences=_sentences)
        self._environment.globals.update(
            base=BASE,
            base_url=f"{base_url.rstrip('/')}/" if base_url else "",
            description=facts["description"],
            disclaimer=facts["not"],
            below=_BELOW,
            dose=_daily_dose,
            doses=charts.doses,
            doses_in_words=_doses_in_words,
            drawn=charts.effects,
            href=self.href,
            label=lambda name: records[name].label,
            look=_look,
            published=charts.published,
            rank=_CERTAINTIES.index,
            slug=slug,
            titration=charts.titration,
            tone=_tone,
            navigation=_NAVIGATION,
            version=version_of(records.dataset)[1],
        )

    def render(self, page: Page) -> bytes:
        """Return a page as HTML in UTF-8."""
        root = "../" * page.path.count("/")
        template = self._environment.get_template(page.template)
        json_ld = data(page.schema or self._web_page(page))
        variables = {"page": page, "root": root, "jsonld": json_ld, **page.context}
        return (template.render(**variables) + "\n").encode()

    @cached_property
    def answers(self) -> dict[str, ClaimAnswer]:
        """What can be said on each claim on benefit or harm, by the IRI of the claim."""
        facts = Facts(self._records.dataset)
        found = (claim_answer(facts, answer(facts, asked)) for asked in questions(facts))
        return {each.iri: each for each in found}

    def _web_page(self, page: Page) -> dict[str, Any]:
        """Describe a page that is not about a record, in terms of schema.org."""
        return {
            "@context": "https://schema.org/",
            "@type": "WebPage",
            "name": page.title,
            "description": page.summary,
            "isPartOf": {"@id": f"{BASE}dataset", "@type": "Dataset"},
        }

    def href(self, iri: str, root: str) -> str:
        """Return the link to an IRI from a page, or "" if it has none.

        `root` is the relative path from the page to the first page, such as "../". One of our IRIs
        is linked to its page, any other web address to itself; anything else, such as a script,
        is not linked.
        """
        home = self._records.homes.get(iri)
        if home:
            page = f"{root}{page_path(home)}"
            return page if home == iri else f"{page}#{slug(iri)}"
        if iri.startswith(LDN):
            return f"{root}ontology.html#{iri.removeprefix(LDN)}"
        return iri if iri.startswith(("https://", "http://")) else ""


def alternates(path: str) -> tuple[tuple[str, str], ...]:
    """Return the media type and path of each RDF file with the same content as a page."""
    stem = path.removesuffix(".html")
    return (("text/turtle", f"{stem}.ttl"), ("application/ld+json", f"{stem}.jsonld"))


def data(value: Any) -> Markup:
    """Return JSON that is safe inside a script element, whatever text the value contains."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def _daily_dose(row: dict[str, str]) -> str:
    """Return a daily dose in mg, such as "4.5", "1.5 to 4.5" or "up to 4.5"; "" if unknown.

    The keys of the row are `doseMin` and `doseMax`, "" if unknown.
    """
    least, most = row["doseMin"], row["doseMax"]
    if not most:
        return f"from {least}" if least else ""
    if not least:
        return f"up to {most}"
    return most if least == most else f"{least} to {most}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plural(noun: str, number: int) -> str:
    """Return a noun as it stands beside a number: study, studies; rating of, ratings of."""
    if number == 1:
        return noun
    first, of, rest = noun.partition(" of ")
    many = f"{first[:-1]}ies" if re.search("[^aeiou]y$", first) else f"{first}s"
    return {"synthesis": "syntheses"}.get(first, many) + of + rest


def _sentences(text: str) -> list[str]:
    """Return the sentences of an answer, so that each can stand on a line of its own."""
    return re.split(r"(?<=[.)]) +(?=[A-Z])", text)


def _doses_in_words(trials: Iterable[Trial]) -> str:
    """Return the range of the greatest daily doses of some trials, "" where none is known."""
    doses = sorted({greatest for trial in trials for _, greatest in trial.daily})
    if not doses:
        return ""
    ends = dict.fromkeys((doses[0], doses[-1]))
    return " to ".join(f"{dose:g}" for dose in ends) + " mg a day"


def _tone(status: str) -> str:
    """Return the class of a status: good, bad, same, mixed or none."""
    return next((tone for tone, words in _TONES.items() if status in words), "none")


def _look(finding: Finding) -> str:
    """Return the classes of a finding: direction, how firm by certainty, how large by people."""
    people = finding.participants or 0
    size = "large" if people >= 100 else "small" if people < 30 else ""
    names = charts.LOOKS[finding.found], _FIRMNESS.get(finding.certainty, ""), size
    return " ".join(filter(None, names))
