"""Pages out of templates: every word that comes from data is escaped, every link is relative."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ldn_kg.graph.namespaces import BASE, LDN
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.read.record import Records, slug

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
SHOWN = ("chart", "claims", "lines", "studies", "text", "items")  # what a section can consist of


@dataclass(frozen=True)
class Page:
    """A page: where it stands, what it is called, and the IRI that it is about."""

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
        """Read the templates, and what stands on every page."""
        self._records = records
        said = about(records.dataset)
        self._environment = Environment(
            loader=PackageLoader("ldn_kg.publish.site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self._environment.globals.update(
            base=BASE,
            base_url=f"{base_url.rstrip('/')}/" if base_url else "",
            description=said["description"],
            disclaimer=said["not"],
            dose=_dose,
            href=self.href,
            label=lambda name: records[name].label,
            navigation=_NAVIGATION,
            version=version_of(records.dataset)[1],
        )

    def render(self, page: Page) -> bytes:
        """Return a page as HTML."""
        root = "../" * page.path.count("/")
        template = self._environment.get_template(page.template)
        described = data(page.schema or self._web_page(page))
        given = {"page": page, "root": root, "jsonld": described, **page.context}
        return (template.render(**given) + "\n").encode()

    def _web_page(self, page: Page) -> dict[str, Any]:
        """Say in the words of schema.org what a page is that is about no record."""
        return {
            "@context": "https://schema.org/",
            "@type": "WebPage",
            "name": page.title,
            "description": page.summary,
            "isPartOf": {"@id": f"{BASE}dataset", "@type": "Dataset"},
        }

    def href(self, iri: str, root: str) -> str:
        """Return the address of what an IRI means, relative to a page; "" where it has none.

        An IRI of ours that has a page leads there; another web address leads to itself; what is
        neither (a script, say) leads nowhere.
        """
        home = self._records.homes.get(iri)
        if home:
            page = f"{root}{page_path(home)}"
            return page if home == iri else f"{page}#{slug(iri)}"
        if iri.startswith(LDN):
            return f"{root}ontology.html#{iri.removeprefix(LDN)}"
        return iri if iri.startswith(("https://", "http://")) else ""

    def links_from(self, root: str) -> Callable[[str], str]:
        """Return where an IRI leads, or "", from a page whose way to the first page is `root`."""
        return lambda iri: self.href(iri, root)


def alternates(path: str) -> tuple[tuple[str, str], ...]:
    """Return the media types and paths of what a page says as RDF."""
    stem = path.removesuffix(".html")
    return (("text/turtle", f"{stem}.ttl"), ("application/ld+json", f"{stem}.jsonld"))


def section(title: str, **given: Any) -> dict[str, Any]:
    """Return a section of a page, which shows what of SHOWN is given."""
    empty = dict.fromkeys((*SHOWN, "note", "results"))
    name = "".join(c if c.isalnum() else "-" for c in title.lower())
    return {**empty, "with_claim": True, "id": f"section-{name}", "title": title, **given}


def data(value: Any) -> Markup:
    """Return JSON that can stand in a script element, whatever the data hold."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def _dose(row: dict[str, str]) -> str:
    """Say a daily dose: 4.5, 1.5 to 4.5, up to 4.5, or that none follows."""
    least, most = row["doseMin"], row["doseMax"]
    if not most:
        return f"from {least}" if least else "–"
    if not least:
        return f"up to {most}"
    return most if least == most else f"{least} to {most}"
