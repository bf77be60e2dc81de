"""What is ready for registries agrees with the dataset, and with what the registries ask for."""

import json
import re
from functools import cache
from typing import Any
from zipfile import ZipFile

import jsonschema
import pytest
import yaml
from support.needed import without
from support.paths import ROOT

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import BASE, KINDS, LDN, LDNC
from ldn_kg.publish.release.kgx import PARTS, tsv
from ldn_kg.publish.release.metadata import version_of

REGISTRATIONS = ROOT / "docs" / "registrations"
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


def _json(name: str) -> Any:
    return json.loads((REGISTRATIONS / name).read_text(encoding="utf-8"))


def _kg_registry() -> Any:
    _, front, body = (REGISTRATIONS / "kg-registry.md").read_text(encoding="utf-8").split("---\n")
    assert body.strip()
    return yaml.safe_load(front)


@pytest.fixture(scope="module")
def said(kg: Dataset) -> dict[str, Any]:
    """Return what the dataset and the ontology say of themselves."""
    (dataset,) = kg.rows("""
    SELECT ?title ?description ?not ?license ?creator
    WHERE {
      ldnk:dataset dcterms:title ?title ; dcterms:description ?description ;
        schema:disambiguatingDescription ?not ; dcterms:license ?license ;
        dcterms:publisher/schema:name ?creator
    }
    """)
    (ontology,) = kg.rows("""
    SELECT ?title ?description ?license
    WHERE {
      <https://w3id.org/ldn-kg/ontology> dcterms:title ?title ; dcterms:description ?description ;
        dcterms:license ?license
    }
    """)
    words = kg.rows("SELECT ?word WHERE { ldnk:dataset dcat:keyword ?word } ORDER BY ?word")
    return {"dataset": dataset, "ontology": ontology, "words": [row["word"] for row in words]}


def test_the_dataset_is_described_as_it_describes_itself(said: dict[str, Any]) -> None:
    dataset = said["dataset"]
    assert dataset["license"] == CC0
    entries = _json("bioregistry.json")
    entry = entries["ldnkg"]
    assert (entry["name"], entry["description"]) == (dataset["title"], dataset["description"])
    assert entry["keywords"] == said["words"]
    for prefix, each in entries.items():
        assert re.fullmatch(r"ldnkg(\.[a-z]+)?", prefix)  # what the Bioregistry allows: one dot
        assert (each["license"], each["homepage"]) == ("CC0-1.0", BASE)
    page = _kg_registry()
    assert (page["description"], page["creator"]) == (dataset["description"], dataset["creator"])
    assert (page["homepage_url"], page["license"]["id"]) == (BASE, CC0)
    text = (REGISTRATIONS / "kg-registry.md").read_text(encoding="utf-8")
    assert dataset["title"] in text and dataset["not"] in text


def test_the_vocabulary_is_described_as_it_describes_itself(said: dict[str, Any]) -> None:
    ontology = said["ontology"]
    (ols,) = _json("ols.json")["ontologies"]
    assert (ols["title"], ols["description"]) == (ontology["title"], ontology["description"])
    assert (ols["uri"], ols["base_uri"]) == (f"{BASE}ontology", [LDN])
    assert re.fullmatch(r"[a-z]{5,}", ols["preferredPrefix"])
    bioportal = _json("bioportal.json")
    submission = bioportal["submission"]
    assert bioportal["ontology"]["name"] == ontology["title"]
    assert re.fullmatch(r"[A-Z][A-Z0-9_-]{0,15}", bioportal["ontology"]["acronym"])
    assert submission["description"] == ontology["description"]
    assert (submission["URI"], submission["hasLicense"]) == (f"{BASE}ontology", CC0)
    assert submission["preferredNamespaceUri"] == LDN


def test_every_record_has_an_identifier_by_the_pattern(kg: Dataset) -> None:
    subjects = {row["s"] for row in kg.rows("SELECT DISTINCT ?s WHERE { ?s ?p ?o }")}
    spaces = (LDNC, *(f"{BASE}{kind}/" for kind in KINDS))
    records = {s for s in subjects if s.startswith(spaces)}
    assert len(records) > 2000
    for prefix, entry in _json("bioregistry.json").items():
        _, dot, kind = prefix.partition(".")
        space = f"{BASE}{kind}/" if dot else BASE
        assert entry["uri_format"] == f"{space}$1"
        names = {record.removeprefix(space) for record in records if record.startswith(space)}
        assert names, prefix
        assert [name for name in sorted(names) if not re.search(entry["pattern"], name)] == []
        assert {entry["example"], *entry.get("example_extras", ())} <= names
        decoys = entry.get("example_decoys", ())
        assert [name for name in decoys if re.search(entry["pattern"], name)] == []


def test_the_prefixes_of_kgx_are_among_them(kg: Dataset) -> None:
    written = "".join(tsv(kg, part).decode() for part in PARTS)
    used = set(re.findall(r"\b(ldnkg\.\w+):", written))
    assert used
    assert not used - _json("bioregistry.json").keys()


def test_nothing_is_said_that_grows_old_or_is_not_so(kg: Dataset) -> None:
    names = [path for path in REGISTRATIONS.iterdir() if path.name != "README.md"]
    assert len(names) == 5
    for path in names:
        if path.name == "server.json":
            continue  # its form wants a version, which the tests of agents compare
        text = path.read_text(encoding="utf-8").lower()
        words = (version_of(kg)[1], "orcid", "@", "example.org", "todo")
        assert not [word for word in words if word in text], path
    guide = (REGISTRATIONS / "README.md").read_text(encoding="utf-8")
    assert all(f"({path.name})" in guide for path in names)
    sections = guide.split("\n## ")[1:]
    assert len(sections) == 8
    for section in sections:
        assert all(f"\n- {word}: " in section for word in ("Asks for", "Ready", "Missing"))


@cache
def _bioregistry() -> ZipFile:
    found = sorted((ROOT / ".judges").glob("bioregistry-*.whl"))
    if not found:
        without("bioregistry is missing; .ci/install-judges fetches it", "LDN_KG_TOOLS")
    return ZipFile(found[-1])


def test_the_bioregistry_would_take_the_entry() -> None:
    """By its schema; and the prefix is free, written in whatever way."""
    schema = json.loads(_bioregistry().read("bioregistry/schema/schema.json"))
    resource = {**schema["$defs"]["Resource"], "$defs": schema["$defs"]}
    entries = _json("bioregistry.json")
    for prefix, entry in entries.items():
        assert not set(entry) - set(resource["properties"])
        jsonschema.validate({"prefix": prefix, **entry}, resource)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"prefix": prefix, **entry, "domain": "medicine"}, resource)
    registry = json.loads(_bioregistry().read("bioregistry/data/bioregistry.json"))
    taken = {name for key, old in registry.items() for name in (key, *old.get("synonyms", ()))}
    assert len(taken) > 1000 and "mondo" in taken
    ours = {re.sub(r"[^a-z0-9]", "", name) for name in (*entries, "ldn")}
    assert not {re.sub(r"[^a-z0-9]", "", name.lower()) for name in taken} & ours
