"""What pages say to search engines: records and the dataset in terms of schema.org.

Only what the graph says is said; nothing is inferred from what is missing.
"""

import re
from collections import defaultdict
from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.graph.namespaces import BASE, LDNC, shorten
from ldn_kg.publish.release.media import media
from ldn_kg.publish.release.metadata import about, address, version_of
from ldn_kg.read.record import Record, Records, kind

Node = dict[str, Any]

_CONTEXT = "https://schema.org/"
_CLASSES = {
    "claim": "Claim",
    "concept": "DefinedTerm",
    "condition": "MedicalCondition",
    "drug": "Drug",
    "guidance": "MedicalGuideline",
    "source": "CreativeWork",
    "symptom": "MedicalSymptom",
}
_TRIALS = {
    "controlled-trial-of-unstated-allocation",
    "dose-finding-study",
    "non-randomised-controlled-trial",
    "open-label-trial",
    "randomised-crossover-trial",
    "randomised-parallel-trial",
    "trial-of-unstated-design",
}
_OBSERVATIONS = {  # design: a member of MedicalObservationalStudyDesign, where there is one
    "case-report": "",
    "case-series": "CaseSeries",
    "cohort-study": "CohortStudy",
    "cross-sectional-study": "CrossSectional",
    "register-based-study": "Registry",
    "uncontrolled-cohort-study": "CohortStudy",
}
_TRIAL_DESIGNS = {  # by design, blinding or control
    "double-blind": "DoubleBlindedTrial",
    "open-label": "OpenTrial",
    "placebo": "PlaceboControlledTrial",
    "placebo-and-active-comparator": "PlaceboControlledTrial",
    "randomised-crossover-trial": "RandomizedTrial",
    "randomised-parallel-trial": "RandomizedTrial",
    "single-blind": "SingleBlindedTrial",
}
_STATUSES = {
    "active-not-recruiting": "ActiveNotRecruiting",
    "ended": "Completed",
    "never-started": "Withdrawn",
    "not-yet-recruiting": "NotYetRecruiting",
    "recruiting": "Recruiting",
}

# A name as journals print it: surname, initials, and what follows these.
_AUTHOR = re.compile(r"\S.* [A-Z]{1,5}(?: Jr| 2nd| 3rd)?")
# What is downloaded to be used; the other files of a release describe or repeat these.
DISTRIBUTIONS = (
    "ldn-kg.ttl",
    "ldn-kg.jsonld",
    "ldn-kg.nq",
    "ldn-kg.nq.gz",
    "nanopubs.trig",
    "tables/claims.csv",
    "tables/studies.csv",
    "tables/results.csv",
)
_STUDIES = """
SELECT DISTINCT ?study WHERE { ?study a ldn:Study ; ldn:condition ?record } ORDER BY ?study
"""
_DRUGS = """
SELECT DISTINCT ?drug WHERE { ?record ldn:arm/ldn:drug ?drug } ORDER BY ?drug
"""
_DESCRIBED = """
SELECT DISTINCT ?name ?value
WHERE {
  ?version dcterms:isVersionOf ?dataset .
  { ?dataset dcat:keyword ?value BIND("keyword" AS ?name) }
  UNION
  { ?version schema:variableMeasured/rdfs:label ?value BIND("variable" AS ?name) }
}
ORDER BY ?name ?value
"""


def record_schema(records: Records, record: Record) -> Node:
    """Return a record in terms of schema.org."""
    record_kind = kind(record.iri)
    facts = _Facts(records, record)
    describe = {
        "claim": _claim,
        "concept": _concept,
        "condition": _condition,
        "drug": _named,
        "guidance": _guidance,
        "publication": _article,
        "study": _study,
        "symptom": _named,
    }.get(record_kind)
    is_work = record_kind in ("claim", "publication", "source")
    node = {
        "@context": _CONTEXT,
        "@type": _CLASSES.get(record_kind, "Thing"),
        "@id": record.iri,
        "name": record.label,
        "url": record.iri,
        "description": record.answer or facts.one("dcterms:description"),
        "isPartOf" if is_work else "subjectOf": {"@id": f"{BASE}dataset", "@type": "Dataset"},
        **(describe(facts) if describe else {}),
    }
    return _filled(node)


class _Facts:
    """What is said of a record, by the prefixed names of properties."""

    def __init__(self, records: Records, record: Record) -> None:
        self.records, self.iri, self.label = records, record.iri, record.label
        self._values: dict[str, list[Any]] = defaultdict(list)
        for quad in record.quads:
            values = self._values[shorten(quad.predicate.value)]
            if quad.object not in values:
                values.append(quad.object)

    def many(self, *names: str) -> list[str]:
        """Return the values of properties as text or IRI."""
        return [value.value for name in names for value in self._values.get(name, ())]

    def one(self, name: str) -> str:
        """Return the first value of a property, "" where it has none."""
        return next(iter(self.many(name)), "")

    def codes(self, *names: str) -> list[str]:
        """Return the values of properties that are concepts, as codes."""
        return [value.removeprefix(LDNC) for value in self.many(*names)]

    def words(self, name: str) -> str:
        """Return the first value of a property in words."""
        value = next(iter(self._values.get(name, ())), None)
        return self.records.dataset.label(value) if value is not None else ""

    def nodes(self, name: str, class_: str) -> list[Node]:
        """Return the values of a property as nodes with a name."""
        values = self._values.get(name, ())
        return [
            {"@type": class_, "@id": value.value, "name": self.records.dataset.label(value)}
            for value in values
            if isinstance(value, NamedNode)
        ]

    @property
    def other_names(self) -> list[str]:
        """The names that people use for it, too."""
        return sorted(set(self.many("skos:altLabel")))

    @property
    def matches(self) -> list[str]:
        """The IRIs of the same in other vocabularies."""
        found = self.many("skos:exactMatch", "schema:sameAs")
        return sorted({name for name in found if not name.startswith(BASE)})


def _named(facts: _Facts) -> Node:
    return {"alternateName": facts.other_names, "sameAs": facts.matches}


def _condition(facts: _Facts) -> Node:
    studies = facts.records.dataset.rows(_STUDIES, record=NamedNode(facts.iri))
    return {
        **_named(facts),
        "study": [{"@type": "MedicalStudy", "@id": row["study"]} for row in studies],
    }


def _concept(facts: _Facts) -> Node:
    return {
        "description": facts.one("skos:definition"),
        "termCode": facts.one("skos:notation"),
        "inDefinedTermSet": facts.nodes("skos:inScheme", "DefinedTermSet"),
    }


def _claim(facts: _Facts) -> Node:
    return {
        "about": [*facts.nodes("rdf:subject", "Thing"), *facts.nodes("rdf:object", "Thing")],
        "appearance": facts.nodes("ldn:statedIn", "CreativeWork"),
    }


def _guidance(facts: _Facts) -> Node:
    return {
        "guidelineDate": facts.one("dcterms:issued"),
        "guidelineSubject": [
            *facts.nodes("ldn:condition", "MedicalCondition"),
            *facts.nodes("ldn:drug", "Drug"),
        ],
        "recognizingAuthority": [
            {"@type": "Organization", "name": name} for name in facts.many("ldn:body")
        ],
        "sameAs": facts.matches,
    }


def _study(facts: _Facts) -> Node:
    (design,) = facts.codes("ldn:design") or [""]
    states = [_STATUSES.get(code) for code in facts.codes("ldn:recruitment")]
    recruitment = [f"{_CONTEXT}{state}" for state in states if state]
    unpublished = "no-result-published" in facts.codes("ldn:notReported")
    results = f"{_CONTEXT}ResultsAvailable" if facts.many("ldn:result") else ""
    none = f"{_CONTEXT}ResultsNotAvailable" if unpublished else ""
    dataset = facts.records.dataset
    drugs = [NamedNode(row["drug"]) for row in dataset.rows(_DRUGS, record=NamedNode(facts.iri))]
    node = {
        "@type": "MedicalStudy",
        "alternateName": facts.other_names,
        "identifier": facts.many("schema:identifier"),
        "sameAs": facts.matches,
        "healthCondition": facts.nodes("ldn:condition", "MedicalCondition"),
        "studySubject": [
            {"@type": "Drug", "@id": drug.value, "name": dataset.label(drug)} for drug in drugs
        ],
        "status": [*recruitment, results or none],
        "subjectOf": [
            {"@type": "Dataset", "@id": f"{BASE}dataset"},
            *facts.nodes("ldn:publication", "ScholarlyArticle"),
        ],
    }
    if design in _TRIALS:
        said = [design, *facts.codes("ldn:blinding", "ldn:control")]
        found = sorted({_TRIAL_DESIGNS[code] for code in said if code in _TRIAL_DESIGNS})
        designs = [f"{_CONTEXT}{name}" for name in found]
        return {**node, "@type": "MedicalTrial", "trialDesign": designs}
    if design in _OBSERVATIONS:
        named = f"{_CONTEXT}{_OBSERVATIONS[design]}" if _OBSERVATIONS[design] else ""
        return {**node, "@type": "MedicalObservationalStudy", "studyDesign": named}
    return node


def _article(facts: _Facts) -> Node:
    written = facts.one("ldn:authorList")
    authors = written.removesuffix(", et al.").split(", ")
    all_named = all(_AUTHOR.fullmatch(author) for author in authors)
    is_article = facts.many("ldn:journal") or facts.many("bibo:doi") or facts.many("bibo:pmid")
    identifiers = [
        {"@type": "PropertyValue", "propertyID": name, "value": value}
        for name, key in (("DOI", "bibo:doi"), ("PMID", "bibo:pmid"))
        for value in facts.many(key)
    ]
    return {
        "@type": "ScholarlyArticle" if is_article else "CreativeWork",
        "headline": facts.one("dcterms:title"),
        "author": [{"@type": "Person", "name": n} for n in authors] if all_named else [],
        # Where the list is cut off, or names no persons that can be told apart, it stands as it is.
        "creditText": "" if all_named and authors == written.split(", ") else written,
        "datePublished": facts.one("dcterms:issued"),
        "isPartOf": [{"@type": "Periodical", "name": n} for n in facts.many("ldn:journal")],
        "pagination": facts.one("bibo:pages"),
        "identifier": [*identifiers, *facts.many("schema:identifier")],
        "sameAs": facts.matches,
        "subjectOf": {"@id": f"{BASE}dataset", "@type": "Dataset"},
        "creativeWorkStatus": "Retracted" if "true" in facts.many("ldn:retracted") else "",
    }


def dataset_schema(records: Records, base_url: str = "") -> Node:
    """Return this version of the dataset in terms of schema.org, whole enough for dataset search.

    `base_url` is where the site stands, with a slash at its end, or "": files are then named by
    their IRIs.
    """
    version, number = version_of(records.dataset)
    facts = about(records.dataset)
    creator = {
        "@type": "Organization",
        "@id": f"{BASE}contributors",
        "name": facts["creator"],
        "url": base_url or BASE,
    }
    described = records.dataset.rows(_DESCRIBED)
    return _filled(
        {
            "@context": _CONTEXT,
            "@type": "Dataset",
            "@id": version.value,
            "identifier": version.value,
            "name": facts["name"],
            "alternateName": "ldn-kg",
            "description": f"{facts['description']} {facts['not']}",
            "url": base_url or version.value,
            "sameAs": f"{BASE}dataset",
            "version": number,
            "datePublished": facts["issued"],
            "license": facts["license"],
            "creator": creator,
            "publisher": creator,
            "keywords": [row["value"] for row in described if row["name"] == "keyword"],
            "variableMeasured": [row["value"] for row in described if row["name"] == "variable"],
            "measurementTechnique": (
                "Published studies and registry records read and put together outcome by outcome, "
                "with certainty by rule, after GRADE"
            ),
            "inLanguage": "en",
            "temporalCoverage": facts["years"],
            "isAccessibleForFree": True,
            "distribution": [
                {
                    "@type": "DataDownload",
                    "name": name,
                    "contentUrl": f"{base_url}release/{number}/{name}"
                    if base_url
                    else address(number, name),
                    "encodingFormat": media(name).type,
                }
                for name in DISTRIBUTIONS
            ],
        }
    )


def dataset_items(records: Records) -> tuple[tuple[str, str], ...]:
    """Return the media type and path of each file that is downloaded to be used."""
    _, number = version_of(records.dataset)
    return tuple((media(name).type, f"release/{number}/{name}") for name in DISTRIBUTIONS)


def _filled(node: Node) -> Node:
    """Return a node without what is empty, and with one value where there is but one."""
    filled: Node = {}
    for key, value in node.items():
        values = [each for each in value if each] if isinstance(value, list) else [value]
        if any(values):
            filled[key] = values[0] if len(values) == 1 else values
    return filled
