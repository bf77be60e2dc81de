"""Renders pages from templates: all text from the data is escaped, all links are relative."""

import json
from collections.abc import Callable
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
from ldn_kg.read.record import Records, slug
from ldn_kg.read.summary import ClaimAnswer, claim_answer

_NAVIGATION = (
    ("conditions.html", "Conditions"),
    ("claims.html", "Claims"),
    ("studies.html", "Studies"),
    ("mechanism.html", "Mechanism"),
    ("doses.html", "Doses"),
    ("query.html", "Questions"),
    ("search.html", "Search"),
    ("ontology.html", "Vocabulary"),
)
SHOWN = (
    "chart",
    "findings",
    "claims",
    "lines",
    "studies",
    "text",
    "items",
)  # the possible content of sections


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
        self._environment.globals.update(
            base=BASE,
            base_url=f"{base_url.rstrip('/')}/" if base_url else "",
            description=facts["description"],
            disclaimer=facts["not"],
            dose=_daily_dose,
            href=self.href,
            label=lambda name: records[name].label,
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
    def facts(self) -> Facts:
        """The facts that answers are made of, which all pages share."""
        return Facts(self._records.dataset)

    @cached_property
    def answers(self) -> dict[str, ClaimAnswer]:
        """What can be said on each claim on benefit or harm, by the IRI of the claim."""
        facts = self.facts
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

    def links_from(self, root: str) -> Callable[[str], str]:
        """Return a function that links IRIs from a page, as `href` does with this `root`."""
        return lambda iri: self.href(iri, root)


def alternates(path: str) -> tuple[tuple[str, str], ...]:
    """Return the media type and path of each RDF file with the same content as a page."""
    stem = path.removesuffix(".html")
    return (("text/turtle", f"{stem}.ttl"), ("application/ld+json", f"{stem}.jsonld"))


def section(title: str, **content: Any) -> dict[str, Any]:
    """Return a section of a page with everything that the template reads, empty unless given.

    The keys of `content` are those of SHOWN, and `note`, `results` and `with_claim`.
    """
    empty = dict.fromkeys((*SHOWN, "note", "results"))
    name = "".join(c if c.isalnum() else "-" for c in title.lower())
    return {**empty, "with_claim": True, "id": f"section-{name}", "title": title, **content}


def data(value: Any) -> Markup:
    """Return JSON that is safe inside a script element, whatever text the value contains."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def _daily_dose(row: dict[str, str]) -> str:
    """Return a daily dose in mg, such as "4.5", "1.5 to 4.5" or "up to 4.5"; "–" if unknown.

    The keys of the row are `doseMin` and `doseMax`, "" if unknown.
    """
    least, most = row["doseMin"], row["doseMax"]
    if not most:
        return f"from {least}" if least else "–"
    if not least:
        return f"up to {most}"
    return most if least == most else f"{least} to {most}"
