"""The Bundle in FHIR R5: it is valid, hangs together, and says what the graph says.

The graph is asked in SPARQL here, while the Bundle is made from facts read one by one. Codes are
looked up in `tests/vocabularies/fhir-r5.json`, taken from HL7's own packages.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.bundle import Bundle
from fhir.resources.evidence import Evidence
from pydantic import ValidationError
from support.paths import TESTS

from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.release.fhir import FHIR, bundle

GROUP = pytest.mark.xdist_group("fhir")  # the Bundle is made once
Json = Any
OURS = "https://w3id.org/ldn-kg/"
DOI, PUBMED = "https://doi.org", "https://pubmed.ncbi.nlm.nih.gov"
CODES = json.loads((TESTS / "vocabularies" / "fhir-r5.json").read_text(encoding="utf-8"))["systems"]
UNITS = (TESTS / "vocabularies" / "unit.txt").read_text(encoding="utf-8").splitlines()
# The IRI of a code of another vocabulary: what the code begins with, and what the IRI begins with.
MATCHED = {
    "http://purl.obolibrary.org/obo/mondo.owl": ("MONDO:", "http://purl.obolibrary.org/obo/MONDO_"),
    "http://human-phenotype-ontology.org": ("HP:", "http://purl.obolibrary.org/obo/HP_"),
    "https://www.nlm.nih.gov/mesh": ("", "http://id.nlm.nih.gov/mesh/"),
    "http://www.nlm.nih.gov/research/umls/rxnorm": (
        "",
        "http://purl.bioontology.org/ontology/RXNORM/",
    ),
    "http://fdasis.nlm.nih.gov": ("", "https://precision.fda.gov/uniisearch/srs/unii/"),
    "http://www.whocc.no/atc": ("", "https://www.whocc.no/atc_ddd_index/?code="),
}
NUMBERS = """
SELECT ?iri ?name ?value WHERE {
  VALUES ?property {
    ldn:estimate ldn:ciLow ldn:ciHigh ldn:ciLevel ldn:iSquared ldn:tauSquared ldn:pooledTrials
    ldn:pooledParticipants ldn:trials ldn:participants ldn:events ldn:leansToTreatment
    ldn:leansToComparator ldn:leanNotKnown ldn:perThousandWithout ldn:perThousandWith
    ldn:perThousandWithLow ldn:perThousandWithHigh
  }
  ?iri a ldn:Synthesis ; ?property ?value .
  BIND(STRAFTER(STR(?property), "#") AS ?name)
}
"""
# Where the first statistic with a code has each number.
PLACES = {
    "estimate": ("effect", "quantity.value"),
    "ciLow": ("effect", "C53324.low"),
    "ciHigh": ("effect", "C53324.high"),
    "ciLevel": ("effect", "C53324.level"),
    "iSquared": ("effect", "0000420"),
    "tauSquared": ("effect", "0000421"),
    "pooledTrials": ("effect", "numberOfStudies"),
    "pooledParticipants": ("effect", "numberOfParticipants"),
    "trials": ("descriptive", "numberOfStudies"),
    "participants": ("descriptive", "numberOfParticipants"),
    "events": ("descriptive", "numberAffected"),
    "perThousandWithout": ("C44256", "quantity.value"),
    "perThousandWith": ("predictedRisk", "quantity.value"),
    "perThousandWithLow": ("predictedRisk", "C53324.low"),
    "perThousandWithHigh": ("predictedRisk", "C53324.high"),
}
MEASURES = {
    "risk ratio": "Relative Risk",
    "risk difference": "Risk Difference",
    "mean difference": "Mean Difference",
    "odds ratio": "Odds Ratio",
    "hazard ratio": "Hazard Ratio",
    "incidence rate ratio": "Incidence Rate Ratio",
    "standardised mean difference": "Standardized Mean Difference",
    "median difference": "Absolute Median Difference",
}


@pytest.fixture(scope="module")
def written(kg: Dataset) -> bytes:
    return bundle(kg)


@pytest.fixture(scope="module")
def resources(written: bytes) -> dict[str, Json]:
    """Map "Evidence/…" and the like to the resource."""
    found = [entry["resource"] for entry in json.loads(written)["entry"]]
    named = {f"{resource['resourceType']}/{resource['id']}": resource for resource in found}
    assert len(named) == len(found), "two resources have one id"
    kinds = {name.partition("/")[0] for name in named}
    assert kinds == {"ArtifactAssessment", "Citation", "Evidence", "EvidenceVariable"}
    return named


def _of(resources: dict[str, Json], kind: str) -> dict[str, Json]:
    found = {r["id"]: r for name, r in resources.items() if name.startswith(f"{kind}/")}
    assert found
    return found


def _by_iri(resources: dict[str, Json]) -> dict[str, Json]:
    return {evidence["url"]: evidence for evidence in _of(resources, "Evidence").values()}


def _nodes(value: Json) -> Iterator[Json]:
    yield value
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list):
            yield from _nodes(part)


def _objects(value: Json, key: str) -> list[Json]:
    return [node for node in _nodes(value) if isinstance(node, dict) and key in node]


def _numbers(value: Json) -> Counter[float]:
    parts = [p for n in _nodes(value) for p in (n.values() if isinstance(n, dict) else n)]
    return Counter(
        round(float(part), 6)
        for part in parts
        if isinstance(part, int | float) and not isinstance(part, bool)
    )


def _code(concept: Json) -> str:
    return str(concept["coding"][0]["code"])


def _statistics(evidence: Json) -> dict[str, Json]:
    """Map the code of a statistic to the first that has it; the effect has the name "effect"."""
    found: dict[str, Json] = {}
    known = {"descriptive", "C25463", "C44256", "predictedRisk"}
    for statistic in evidence["statistic"]:
        if statistic["description"].startswith("Without second-hand readings."):
            continue
        kind = statistic["statisticType"]
        code = _code(kind) if "coding" in kind else "effect"
        found.setdefault(code if code in known else "effect", statistic)
    return found


def _places(statistic: Json) -> dict[str, float]:
    found = {**statistic.get("sampleSize", {}), **statistic}
    found["quantity.value"] = statistic.get("quantity", {}).get("value")
    for attribute in statistic.get("attributeEstimate", ()):
        code = _code(attribute["type"])
        if "range" in attribute:
            found[f"{code}.level"] = attribute["level"]
            for end in ("low", "high"):
                found[f"{code}.{end}"] = attribute["range"][end]["value"]
        else:
            found[code] = attribute["quantity"]["value"]
    return found


def _known_numbers(kg: Dataset) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in kg.rows(NUMBERS):
        found[row["iri"]][row["name"]] = float(row["value"])
    assert found
    return found


@pytest.mark.xdist_group("release")
def test_the_release_has_it(release: Path, kg: Dataset) -> None:
    assert (release / FHIR).read_bytes() == bundle(kg)


@GROUP
def test_the_bundle_is_valid(written: bytes) -> None:
    bundle = Bundle.model_validate_json(written)
    assert len(bundle.entry) == len(json.loads(written)["entry"]) > 0


@GROUP
@pytest.mark.parametrize("fault", ["status", "variableDefinition", "surplus", "reference"])
def test_what_is_not_valid_is_refused(resources: dict[str, Json], fault: str) -> None:
    evidence = next(iter(_of(resources, "Evidence").values()))
    broken = {
        "status": {**evidence, "status": None},
        "variableDefinition": {k: v for k, v in evidence.items() if k != "variableDefinition"},
        "surplus": {**evidence, "estimate": 1.0},
        "reference": {**evidence, "citeAsReference": {"reference": 1}},
    }[fault]
    Evidence.model_validate(evidence)
    with pytest.raises(ValidationError):
        Evidence.model_validate(broken)


@GROUP
def test_nothing_is_empty(written: bytes) -> None:
    """FHIR forbids empty objects, lists and texts, which the Python model lets pass."""
    nodes = list(_nodes(json.loads(written)))
    parts = [part for node in nodes for part in (node.values() if isinstance(node, dict) else node)]
    assert len(parts) > len(nodes)
    assert not [part for part in parts if part in ("", None) or part == [] or part == {}]


@GROUP
def test_names_are_those_of_fhir(written: bytes) -> None:
    for entry in json.loads(written)["entry"]:
        resource = entry["resource"]
        assert re.fullmatch(r"[A-Za-z0-9.-]{1,64}", resource["id"])
        assert entry["fullUrl"] == f"{OURS}fhir/{resource['resourceType']}/{resource['id']}"


@GROUP
def test_each_reference_resolves_and_nothing_stands_alone(resources: dict[str, Json]) -> None:
    referred = {node["reference"] for r in resources.values() for node in _objects(r, "reference")}
    assert referred <= resources.keys()
    alone = resources.keys() - referred
    assert {name.partition("/")[0] for name in alone} == {"ArtifactAssessment"}
    for node in (n for r in resources.values() for n in _objects(r, "reference")):
        assert node["type"] == node["reference"].partition("/")[0]


@GROUP
def test_each_synthesis_is_there(kg: Dataset, resources: dict[str, Json]) -> None:
    rows = kg.rows(
        "SELECT ?iri ?label ?answer { ?iri ldn:synthesisOf ?c ; rdfs:label ?label ;"
        " ldn:answer ?answer }"
    )
    expected = {row["iri"]: (row["label"], row["answer"]) for row in rows}
    found = {e["url"]: (e["title"], e["assertion"]) for e in _of(resources, "Evidence").values()}
    assert found == expected
    assessed = [
        a["artifactReference"]["reference"] for a in _of(resources, "ArtifactAssessment").values()
    ]
    assert sorted(assessed) == sorted(f"Evidence/{id_}" for id_ in _of(resources, "Evidence"))


@GROUP
def test_each_number_is_that_of_the_graph(kg: Dataset, resources: dict[str, Json]) -> None:
    """In its place; a number that the graph does not have is nowhere."""
    known = _known_numbers(kg)
    for iri, evidence in _by_iri(resources).items():
        statistics = _statistics(evidence)
        expected = {
            place: value / 100 if name == "ciLevel" else value
            for name, value in known[iri].items()
            if (place := PLACES.get(name))
        }
        assert expected
        for kind in {kind for kind, _ in PLACES.values()}:
            wanted = {place: v for (k, place), v in expected.items() if k == kind}
            assert (kind in statistics) == bool(wanted), (iri, kind)
            told = _places(statistics[kind]) if wanted else {}
            places = {place for k, place in PLACES.values() if k == kind}
            assert {p: told[p] for p in places if told.get(p) is not None} == wanted, (iri, kind)


@GROUP
def test_each_number_is_there_once(kg: Dataset, resources: dict[str, Json]) -> None:
    """All numbers of a resource are those of its synthesis, and of it at first hand."""
    known = _known_numbers(kg)
    first_hand = {
        row["whole"]: row
        for row in kg.rows(
            "SELECT ?whole ?part ?measure { ?part ldn:sensitivityOf ?whole"
            " OPTIONAL { ?part ldn:effectMeasure/skos:prefLabel ?measure } }"
        )
    }
    assert first_hand
    whole = {"trials", "participants", "events"}
    effect = {name for name, (kind, _) in PLACES.items() if kind == "effect"}
    for iri, evidence in _by_iri(resources).items():
        expected = list(known[iri].items())
        if "perThousandWith" in known[iri]:
            expected.append(("ciLevel", known[iri]["ciLevel"]))
        if iri in first_hand:
            row = first_hand[iri]
            told = whole | (effect if row["measure"].endswith("ratio") else set())
            expected += [(n, v) for n, v in known[row["part"]].items() if n in told]
        wanted = Counter(round(v / 100 if n == "ciLevel" else v, 6) for n, v in expected)
        assert _numbers(evidence) == wanted, iri
    for kind in ("ArtifactAssessment", "Citation", "EvidenceVariable"):
        for resource in _of(resources, kind).values():
            assert not _numbers(resource), resource["id"]


@GROUP
def test_each_count_stands_under_its_words(kg: Dataset, resources: dict[str, Json]) -> None:
    words = {
        "leansToTreatment": "figures with the treatment",
        "leansToComparator": "figures with the comparator",
        "leanNotKnown": "figures on neither side",
    }
    known = _known_numbers(kg)
    for iri, evidence in _by_iri(resources).items():
        for name, phrase in words.items():
            (count,) = [s for s in evidence["statistic"] if phrase in s["description"]]
            assert _code(count["statisticType"]) == "C25463"
            assert count["quantity"] == {"value": known[iri][name], "unit": "studies"}


@GROUP
def test_each_effect_has_its_measure_and_unit(kg: Dataset, resources: dict[str, Json]) -> None:
    rows = kg.rows("""
      SELECT DISTINCT ?iri ?measure ?unit ?text ?model WHERE {
        ?iri ldn:effectMeasure/skos:prefLabel ?measure .
        ?part ldn:contributesTo ?iri ; ldn:weight ?any ; ldn:ofResult ?result .
        OPTIONAL { ?result qudt:hasUnit ?known . ?known rdfs:label ?named }
        OPTIONAL { ?result schema:unitText ?written }
        OPTIONAL { ?iri ldn:poolingModel/skos:prefLabel ?model }
        BIND(COALESCE(STRAFTER(STR(?known), "/unit/"), "") AS ?unit)
        BIND(COALESCE(?named, ?written, "") AS ?text)
      }""")
    ucum = {name: code for name, _, code in (r.split("\t") for r in UNITS if r[0] != "#")}
    evidence = _by_iri(resources)
    assert {iri for iri, e in evidence.items() if "effect" in _statistics(e)} == {
        row["iri"] for row in rows
    }
    for row in rows:
        effect = _statistics(evidence[row["iri"]])["effect"]
        kind = effect["statisticType"]
        assert kind["text"] == row["measure"]
        coded = [coding["display"] for coding in kind.get("coding", ())]
        assert coded == [MEASURES[m] for m in (row["measure"],) if m in MEASURES]
        quantity = {k: v for k, v in effect["quantity"].items() if k != "value"}
        ends = effect["attributeEstimate"][0]["range"].values()
        assert all({k: v for k, v in e.items() if k != "value"} == quantity for e in ends)
        if row["measure"].endswith("ratio"):
            assert not quantity
        elif row["measure"] == "risk difference":
            assert (quantity["unit"], quantity["code"]) == ("people in 100", "%")
        elif row["measure"] == "standardised mean difference":
            assert quantity == {"unit": "standard deviations"}
        elif "code" in quantity:
            assert quantity["code"] == ucum[row["unit"]]
        else:
            assert quantity.get("unit", "") == row["text"]
        models = {m["code"]["text"] for m in effect.get("modelCharacteristic", ())}
        assert ("Random-effects" in models) == (row["model"] == "random effects")
        assert ("Fixed-effects" in models) == (row["model"] == "common effect")
        pooled = evidence[row["iri"]].get("synthesisType", {}).get("coding", [{}])[0].get("code")
        assert (pooled == "std-MA") == bool(row["model"])


@GROUP
def test_certainty_is_as_in_the_graph(kg: Dataset, resources: dict[str, Json]) -> None:
    rows = kg.rows("""
      SELECT ?iri ?certainty ?level ?domain ?rating ?steps ?facts WHERE {
        ?iri ldn:certainty ?overall ; ldn:certaintyRating ?rated .
        ?overall skos:prefLabel ?certainty ; skos:notation ?level .
        ?rated dcterms:type/skos:prefLabel ?domain ; ldn:rating/skos:prefLabel ?rating ;
          ldn:steps ?steps ; dcterms:description ?facts .
      }""")
    expected: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for row in rows:
        words = (
            row["certainty"],
            row["level"].replace(" ", "-"),
            row["domain"],
            row["rating"],
            row["facts"],
        )
        expected[row["iri"]].add((*words, row["steps"]))
    assert {row["rating"] for row in rows} >= {"not assessable", "serious concern"}
    assessed = {
        a["artifactReference"]["reference"].partition("/")[2]: a["content"][0]
        for a in _of(resources, "ArtifactAssessment").values()
    }
    for iri, evidence in _by_iri(resources).items():
        (whole,) = evidence["certainty"]
        content = assessed[evidence["id"]]
        assert whole["rating"] == content["classifier"][0]
        told = whole["rating"]["text"], _code(whole["rating"])
        found, again = set(), set()
        for part in whole["subcomponent"]:
            (note,) = part["note"]
            steps = re.sub(r"\D", "", note["text"])
            words = part["type"]["text"], part["rating"]["text"], part["description"]
            found.add((*told, *words, steps))
        for part in content["component"]:
            rating, cost = part["classifier"]
            again.add((*told, part["type"]["text"], rating["text"], part["summary"], _steps(cost)))
        assert found == again == expected[iri]


def _steps(cost: Json) -> str:
    code = _code(cost)
    return "0" if code == "no-change" else code.removeprefix("downcode")


@GROUP
def test_what_was_not_assessed_is_no_rating_of_fhir(resources: dict[str, Json]) -> None:
    ratings = [
        part["rating"]
        for evidence in _of(resources, "Evidence").values()
        for part in evidence["certainty"][0]["subcomponent"]
    ]
    silent = [r for r in ratings if r["text"] == "not assessable"]
    assert silent
    assert all([c["system"] for c in r["coding"]] == [f"{OURS}concept/"] for r in silent)
    told = [r for r in ratings if r["text"] != "not assessable"]
    assert all(r["coding"][0]["system"] == "http://hl7.org/fhir/certainty-rating" for r in told)


@GROUP
def test_each_code_is_in_the_list_of_its_system(kg: Dataset, resources: dict[str, Json]) -> None:
    labels: dict[str, set[str]] = defaultdict(set)
    for row in kg.rows("SELECT ?iri ?label { ?iri rdfs:label|skos:prefLabel ?label }"):
        labels[row["iri"]].add(row["label"])
    matches = {(r["a"], r["b"]) for r in kg.rows("SELECT ?a ?b { ?a skos:exactMatch ?b }")}
    seen = set()
    concepts = [c for r in resources.values() for c in _objects(r, "coding")]
    focus = [n["code"] for r in resources.values() for n in r.get("useContext", ())]
    for concept in [*concepts, *({"coding": [code]} for code in focus)]:
        own = [c["system"] + c["code"] for c in concept["coding"] if c["system"].startswith(OURS)]
        assert len(own) <= 1
        for coding in concept["coding"]:
            system, code, display = coding["system"], coding["code"], coding["display"]
            seen.add(system)
            if system in CODES:
                assert CODES[system][code] == display
            elif system in MATCHED:
                prefix, start = MATCHED[system]
                iri = start + code.removeprefix(prefix)
                assert code.startswith(prefix)
                assert (own[0], iri) in matches
                assert display in labels[iri]
            else:
                assert display in labels[system + code], system + code
    assert {"http://purl.obolibrary.org/obo/mondo.owl", "https://www.nlm.nih.gov/mesh"} <= seen
    units = [q for r in resources.values() for q in _objects(r, "unit") if "code" in q]
    assert units
    assert {q["system"] for q in units} == {"http://unitsofmeasure.org"}
    assert {q["code"] for q in units} <= CODES["http://unitsofmeasure.org"].keys()


@GROUP
def test_variables_are_the_question(kg: Dataset, resources: dict[str, Json]) -> None:
    rows = kg.rows("""
      SELECT ?iri ?part ?thing WHERE {
        ?iri ldn:synthesisOf ?claim .
        { ?iri ldn:condition ?thing BIND("population" AS ?part) }
        UNION { ?claim ldn:population ?thing BIND("population" AS ?part) }
        UNION { ?claim rdf:subject|ldn:doseCategory ?thing BIND("exposure" AS ?part) }
        UNION { ?iri ldn:comparator ?thing BIND("referenceExposure" AS ?part) }
        UNION { ?iri ldn:outcome|ldn:symptom ?thing BIND("measuredVariable" AS ?part) }
      }""")
    expected: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        expected[row["iri"]].add((row["part"], row["thing"]))
    for iri, evidence in _by_iri(resources).items():
        parts = [_code(v["variableRole"]) for v in evidence["variableDefinition"]]
        assert parts == ["population", "exposure", "referenceExposure", "measuredVariable"]
        found = {
            (part, coding["system"] + coding["code"])
            for part, definition in zip(parts, evidence["variableDefinition"], strict=True)
            for concept in _objects(resources[definition["observed"]["reference"]], "coding")
            for coding in concept["coding"]
            if coding["system"].startswith(OURS)
        }
        assert found == expected[iri], iri


@GROUP
def test_the_papers_are_those_of_the_studies(kg: Dataset, resources: dict[str, Json]) -> None:
    rows = kg.rows("""
      SELECT DISTINCT ?iri ?paper WHERE {
        ?part ldn:contributesTo ?iri ; ldn:study/ldn:publication ?paper
      }""")
    expected: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        expected[row["iri"]].add(row["paper"])
    for iri, evidence in _by_iri(resources).items():
        cited = [
            resources[artifact["resourceReference"]["reference"]]
            for artifact in evidence["relatedArtifact"]
            if artifact["type"] == "derived-from"
        ]
        papers = [c["citedArtifact"]["identifier"][0]["value"] for c in cited]
        assert sorted(papers) == sorted(expected[iri])
        record = resources[evidence["citeAsReference"]["reference"]]["citedArtifact"]
        assert record["version"]["value"] == evidence["version"]


@GROUP
def test_citations_say_what_the_graph_says(kg: Dataset, resources: dict[str, Json]) -> None:
    rows = kg.rows("""
      SELECT ?paper ?system ?value WHERE {
        VALUES (?property ?system) {
          (bibo:doi "https://doi.org") (bibo:pmid "https://pubmed.ncbi.nlm.nih.gov")
          (dcterms:title "title") (dcterms:issued "year") (ldn:journal "journal")
          (bibo:volume "volume") (bibo:issue "issue") (bibo:pages "pages")
          (ldn:authorList "authors")
        }
        ?paper a ldn:Publication ; ?property ?value .
      }""")
    expected: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        expected[row["paper"]].add((row["system"], row["value"]))
    retracted = {r["p"] for r in kg.rows("SELECT ?p { ?p a ldn:Publication ; ldn:retracted true }")}
    papers = [c["citedArtifact"] for c in _of(resources, "Citation").values()]
    compared = 0
    for paper in papers:
        own = paper["identifier"][0]["value"]
        if own not in expected:
            assert own.startswith(f"{OURS}release/") or "version" in paper
            continue
        compared += 1
        (form,) = paper.get("publicationForm", [{}])
        found = {(i.get("system", ""), i["value"]) for i in paper["identifier"][1:]}
        found = {pair for pair in found if pair[0] in (DOI, PUBMED)}
        found |= {("title", t["text"]) for t in paper["title"] if t["text"][0] != "["}
        fields = {"publicationDateText": "year", "pageString": "pages"}
        found |= {
            (fields.get(key, key), value) for key, value in form.items() if key != "publishedIn"
        }
        if "publishedIn" in form:
            found.add(("journal", form["publishedIn"]["title"]))
        for summary in paper.get("contributorship", {}).get("summary", ()):
            found.add(("authors", summary["value"]))
        assert found == expected[own], own
        assert ("currentState" in paper) == (own in retracted)
    assert compared == len(papers) - 1


@GROUP
def test_each_says_under_which_terms_and_that_it_is_no_advice(resources: dict[str, Json]) -> None:
    for name, resource in resources.items():
        assert "creativecommons.org/publicdomain/zero/1.0" in resource["copyright"]
        if name.startswith(("Evidence/", "ArtifactAssessment/")):
            assert "Not medical advice." in resource["text"]["div"]
    for evidence in _of(resources, "Evidence").values():
        assert "not GRADE itself" in evidence["note"][0]["text"]


@GROUP
def test_designs_and_scales_are_those_of_the_studies(
    kg: Dataset, resources: dict[str, Json]
) -> None:
    """Of an analysis of a trial the design is that of the trial."""
    rows = kg.rows("""
      SELECT DISTINCT ?iri ?design ?scale WHERE {
        ?part ldn:contributesTo ?iri ; ldn:study ?study ; ldn:ofResult ?result .
        OPTIONAL { ?study ldn:design ldnc:secondary-analysis ; ldn:analysisOf ?first }
        BIND(COALESCE(?first, ?study) AS ?trial)
        ?trial ldn:design/skos:prefLabel ?design .
        OPTIONAL { ?result ldn:instrument/rdfs:label ?scale }
      }""")
    designs: dict[str, set[str]] = defaultdict(set)
    scales: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        designs[row["iri"]].add(row["design"])
        scales[row["iri"]] |= {row["scale"]} - {""}
    for iri, evidence in _by_iri(resources).items():
        texts = {word for d in evidence["studyDesign"] for word in d["text"].split("; ")}
        assert texts == designs[iri]
        random = any("SEVCO:01003" in _code(d) for d in evidence["studyDesign"])
        assert random == all("randomised" in d and "non" not in d for d in designs[iri])
        outcome = evidence["variableDefinition"][-1]
        told = " ".join(note["text"] for note in outcome.get("note", ()))
        assert bool(told) == bool(scales[iri])
        assert all(scale in told for scale in scales[iri])


@GROUP
def test_codes_of_certainty_are_the_matches_of_the_graph(
    kg: Dataset, resources: dict[str, Json]
) -> None:
    """A word of ours never stands over another code, in the Evidence or in its assessment."""
    rows = kg.rows("""
      SELECT ?label ?match WHERE {
        VALUES ?scheme { ldnc:certainties ldnc:certainty-domains ldnc:ratings }
        ?concept skos:inScheme ?scheme ; skos:prefLabel ?label .
        OPTIONAL {
          ?concept skos:exactMatch|skos:closeMatch ?match
          FILTER(STRSTARTS(STR(?match), "http://terminology.hl7.org/CodeSystem/certainty-"))
        }
      }""")
    codes = {row["label"]: row["match"].rpartition("#")[2] for row in rows}
    compared = 0
    for kind in ("Evidence", "ArtifactAssessment"):
        for resource in _of(resources, kind).values():
            for part in resource.get("certainty", resource.get("content")):
                for rated in (part, *part.get("subcomponent", part.get("component"))):
                    words = [rated["type"], rated.get("rating") or rated["classifier"][0]]
                    for concept in words[rated is part :]:
                        compared += 1
                        theirs = concept["coding"][0]["system"].startswith("http://hl7.org/fhir/")
                        expected = codes[concept["text"]]
                        assert (_code(concept) if theirs else "") == expected
    assert compared
