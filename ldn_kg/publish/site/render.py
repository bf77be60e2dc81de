"""Renders pages from templates: all text from the data is escaped, all links are relative."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ldn_kg.graph.namespaces import BASE, LDN
from ldn_kg.graph.synthesis.answers import answer
from ldn_kg.graph.synthesis.facts import Facts, questions
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.publish.site import looks
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.read.changes import Changes
from ldn_kg.read.record import Records, slug
from ldn_kg.read.summary import ClaimAnswer, claim_answer

_NAVIGATION = (
    ("conditions.html", "Conditions"),
    ("harms.html", "Harms"),
    ("doses.html", "Doses"),
    ("mechanism.html", "Mechanisms"),
    ("studies.html", "Trials"),
    ("query.html", "Ask"),
)
_BELOW = (
    ("method.html", "How answers are made"),
    ("screening.html", "How this was searched"),
    ("changes.html", "What changed"),
    ("claims.html", "All claims"),
    ("search.html", "Search"),
    ("ontology.html", "Vocabulary"),
    ("shapes.html", "Rules for the data"),
)


@dataclass(frozen=True)
class Page:
    """A page: its path, its title, the IRI that it is about, and the values for its template.

    `alternates` are the media type and path of each RDF file with the same content, `items` those
    of the files that are the content, of a dataset; `schema` is JSON-LD for search engines,
    `context` holds the variables of the template.
    """

    path: str
    title: str
    template: str
    summary: str
    kind: str = ""
    iri: str = ""
    warning: str = ""
    alternates: tuple[tuple[str, str], ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    schema: dict[str, Any] = field(default_factory=dict)
    context: dict[str, Any] = field(default_factory=dict)


class Renderer:
    """Renders the pages of one dataset."""

    def __init__(
        self, records: Records, base_url: str | None, changes: Changes | None = None
    ) -> None:
        """Load the templates, and the values that every page shares.

        `changes` are those since the release before this one, where that is known.
        """
        self.changes = changes
        self._records = records
        self.base_url = f"{base_url.rstrip('/')}/" if base_url else ""
        facts = about(records.dataset)
        self._license = facts["license"]
        self._environment = Environment(
            loader=PackageLoader("ldn_kg.publish.site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            auto_reload=False,  # a template stays as it is while pages are made
        )
        self._environment.filters.update(looks.FILTERS)
        self._environment.globals.update(
            **looks.FUNCTIONS,
            base=BASE,
            base_url=self.base_url,
            description=facts["description"],
            disclaimer=facts["not"],
            below=[*_BELOW[:2], *self._documents(), *_BELOW[2:]],
            href=self.href,
            label=lambda name: records[name].label,
            slug=slug,
            navigation=_NAVIGATION,
            version=version_of(records.dataset)[1],
        )

    def _documents(self) -> list[tuple[str, str]]:
        """Return the page of each source document, and what it tells."""
        rows = self._records.dataset.rows("SELECT ?document { ?document a ldn:SourceDocument }")
        return [(page_path(row["document"]), "The source document today") for row in rows]

    def render(self, page: Page) -> bytes:
        """Return a page as HTML in UTF-8."""
        # Where there is no page, at any depth, only the whole address leads to another.
        root = self.base_url if page.path == "404.html" else "../" * page.path.count("/")
        template = self._environment.get_template(page.template)
        schema = page.schema or self._web_page(page)
        variables = {
            "page": page,
            "root": root,
            "jsonld": data(schema),
            "signposts": self._signposts(page, schema) if page.iri else (),
        }
        return (template.render(**variables | page.context) + "\n").encode()

    def _signposts(self, page: Page, schema: dict[str, Any]) -> tuple[tuple[str, str], ...]:
        """Return relation and address of what a page tells machines about its subject.

        By the FAIR Signposting profile (https://signposting.org/FAIR); `describedby` stands with
        the alternates.
        """
        return (
            ("cite-as", page.iri),
            ("type", "https://schema.org/AboutPage"),
            ("type", f"https://schema.org/{schema['@type']}"),
            ("author", f"{BASE}contributors"),
            ("license", self._license),
        )

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
