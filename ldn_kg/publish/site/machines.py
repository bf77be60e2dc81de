"""What the site has for machines beside its pages: where to look, what is new, what it is."""

from collections.abc import Iterable
from functools import partial
from html import escape

from ldn_kg.graph.namespaces import BASE, expand
from ldn_kg.graph.questions import questions
from ldn_kg.publish.release.media import described
from ldn_kg.publish.release.metadata import about, version_of
from ldn_kg.publish.site.addresses import page_path
from ldn_kg.publish.site.pages import Files
from ldn_kg.publish.site.schema_org import DISTRIBUTIONS
from ldn_kg.read.changes import Changes
from ldn_kg.read.record import Records, kind, slug

VOID = ".well-known/void"  # a copy of the description of the release
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LISTS = {
    "conditions.html": "each condition with the answer to whether it helps",
    "harms.html": "harms that were compared",
    "doses.html": "doses that studies gave, and titration",
    "mechanism.html": "mechanisms, and where each was measured",
    "studies.html": "all studies, whatever they found",
    "claims.html": "all claims, with their status",
    "method.html": "how answers are made, with one example computed",
    "changes.html": "what changed in each version",
}


def machine_files(
    records: Records, paths: Iterable[str], base_url: str, changes: Changes | None
) -> Files:
    """Map the name of each file for machines to a function that makes it.

    `paths` are the names of the files of the site, `base_url` is its address with a slash at its
    end, or "" where nobody said it.
    """
    pages = [path for path in paths if path.endswith(".html")]
    return {
        "robots.txt": partial(_robots, base_url),
        "sitemap.xml": partial(_sitemap, records, pages, base_url),
        "changes.atom": partial(_feed, records, base_url, changes),
        "llms.txt": partial(_llms, records, pages, base_url),
    }


def _robots(base_url: str) -> bytes:
    sitemap = f"\nSitemap: {base_url}sitemap.xml\n" if base_url else ""  # no relative address there
    return f"User-agent: *\nAllow: /\n{sitemap}".encode()


def _sitemap(records: Records, pages: list[str], base_url: str) -> bytes:
    """Return all pages by their canonical addresses: without an address of the site, by IRI."""
    issued = about(records.dataset)["issued"]
    addresses = [f"{base_url}{path}" for path in pages] if base_url else [*records]
    entries = "".join(
        f"<url><loc>{escape(address)}</loc><lastmod>{issued}</lastmod></url>\n"
        for address in sorted(addresses)
        if not address.endswith("/404.html")
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAP}">\n{entries}</urlset>\n'
    ).encode()


def _feed(records: Records, base_url: str, changes: Changes | None) -> bytes:
    """Return what changed as an Atom feed: this version, and each claim that is not as before."""
    version, number = version_of(records.dataset)
    facts = about(records.dataset)
    address = base_url or BASE
    release = f"{base_url}release/{number}/index.html" if base_url else version.value
    summary = f"{facts['description']} {facts['not']}"
    entries = [_entry(version.value, f"Version {number}", release, facts["issued"], summary)]
    for change in changes.claims if changes else ():
        name = expand(change.claim) or change.claim
        page = f"{base_url}{page_path(name)}" if base_url and name in records.homes else name
        said = " ".join(f"{words[:1].upper()}{words[1:]}." for words in (*change.what, *change.why))
        title = f"{change.kind.capitalize()}: {change.words}"
        entries.append(_entry(f"{version.value}#{slug(name)}", title, page, facts["issued"], said))
    own = f'<link rel="self" type="application/atom+xml" href="{escape(base_url)}changes.atom"/>\n'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="{_ATOM}" xml:lang="en">\n'
        f"<id>{BASE}dataset</id>\n<title>{escape(facts['name'])}</title>\n"
        f"<updated>{facts['issued']}T00:00:00Z</updated>\n"
        f'<link rel="alternate" type="text/html" href="{escape(address)}"/>\n'
        f"{own if base_url else ''}"
        f"<author><name>{escape(facts['creator'])}</name><uri>{BASE}contributors</uri></author>\n"
        f"<rights>{escape(facts['license'])}</rights>\n{''.join(entries)}</feed>\n"
    ).encode()


def _entry(name: str, title: str, address: str, issued: str, summary: str) -> str:
    return (
        f"<entry>\n<id>{escape(name)}</id>\n<title>{escape(title)}</title>\n"
        f'<link rel="alternate" type="text/html" href="{escape(address)}"/>\n'
        f"<updated>{issued}T00:00:00Z</updated>\n<summary>{escape(summary)}</summary>\n</entry>\n"
    )


def _llms(records: Records, pages: list[str], base_url: str) -> bytes:
    """Return llms.txt (https://llmstxt.org): what the site is and where to read what."""
    _, number = version_of(records.dataset)
    facts = about(records.dataset)
    release = f"{base_url}release/{number}"
    rows = [
        f"# {facts['name']}",
        "",
        f"> {facts['description']} {facts['not']}",
        "",
        f"Version {number}, {facts['issued']}. Licence: {facts['license']}",
        "",
        "Each answer is computed by rule from results that were read one by one. Certainty is by",
        'rule, after GRADE, and is not GRADE itself. "Too little to say" is not "no effect". Cite',
        "an answer with its certainty and its number of people, and name the harms with the",
        "benefits. Every page about a record has the same facts beside it in Turtle (`.ttl`) and",
        "JSON-LD (`.jsonld`).",
        "",
        "## Answers",
        "",
        *(f"- [{_title(p)}]({base_url}{p}): {_LISTS[p]}" for p in _LISTS if p in pages),
        "",
        "## Conditions",
        "",
        *(
            f"- [{records[name].label}]({base_url}{page_path(name)})"
            for name in sorted(records, key=lambda name: records[name].label.casefold())
            if kind(name) == "condition"
        ),
        "",
        "## Questions with their answers",
        "",
        *(
            f"- [{question.words}]({base_url}query/{name}.html): all rows in "
            f"[CSV]({release}/answers/{name}.csv)"
            for name, question in questions().items()
        ),
        "",
        "## Data",
        "",
        *(f"- [{name}]({release}/{name}): {described(name)}" for name in DISTRIBUTIONS),
        f"- [The vocabulary]({base_url}ontology.html)",
        f"- [The description of the dataset]({base_url}metadata.ttl): DCAT, VoID, schema.org",
        "",
    ]
    return "\n".join(rows).encode()


def _title(path: str) -> str:
    return path.removesuffix(".html").capitalize()
