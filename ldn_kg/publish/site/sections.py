"""The queries of the pages: the rows of their tables. An unbound variable is ""."""

from typing import Any

from pyoxigraph import NamedNode

from ldn_kg.read.record import Records

# Status and answer of each claim; of a mechanism, a dose or a kind the levels and studies instead.
_CLAIMS = """
SELECT ?claim ?kind ?status ?answer ?certainty ?level ?counterLevel ?for ?against ?groupsFor
  ?groupsAgainst ?ungroupedFor ?ungroupedAgainst
WHERE {
  %s
  ?claim a ?class ; rdfs:label ?label ; ldn:status/skos:prefLabel ?status .
  FILTER EXISTS { ?class rdfs:subClassOf ldn:Claim }
  ?class rdfs:label ?kind .
  OPTIONAL { ?claim ldn:answer ?answer }
  OPTIONAL { ?claim ldn:certainty/skos:prefLabel ?certainty }
  OPTIONAL { ?claim ldn:certainty/schema:position ?rank }
  OPTIONAL { ?claim ldn:supportingStudies ?for } OPTIONAL { ?claim ldn:disputingStudies ?against }
  OPTIONAL { ?claim ldn:supportingGroups ?groupsFor }
  OPTIONAL { ?claim ldn:disputingGroups ?groupsAgainst }
  OPTIONAL { ?claim ldn:supportingUngrouped ?ungroupedFor }
  OPTIONAL { ?claim ldn:disputingUngrouped ?ungroupedAgainst }
  OPTIONAL { ?claim ldn:evidenceLevel/skos:prefLabel ?level }
  OPTIONAL { ?claim ldn:counterEvidenceLevel/skos:prefLabel ?counterLevel }
}
ORDER BY ?kind COALESCE(?rank, 5) ?label ?claim
"""
_STUDIES = """
SELECT ?study ?design ?people (MIN(?issued) AS ?year) (SAMPLE(?length) AS ?duration)
  (MIN(?least) AS ?doseMin) (MAX(?most) AS ?doseMax) (MAX(?withdrawn) AS ?retracted)
WHERE {
  %s
  ?study a ldn:Study ; ldn:design/skos:prefLabel ?design .
  OPTIONAL { ?study ldn:analysed ?analysed }
  OPTIONAL { ?study ldn:randomised ?randomised }
  OPTIONAL { ?study ldn:enrolled ?enrolled }
  BIND(COALESCE(?analysed, ?randomised, ?enrolled) AS ?people)
  OPTIONAL { ?study ldn:publication/dcterms:issued ?day BIND(STR(?day) AS ?issued) }
  OPTIONAL { ?study ldn:duration/rdfs:label ?length }
  OPTIONAL { ?study ldn:arm ?arm . ?arm ldn:drug drug:naltrexone ; ldn:dailyDoseMax ?most }
  OPTIONAL { ?study ldn:arm ?arm . ?arm ldn:drug drug:naltrexone ; ldn:dailyDoseMin ?least }
  BIND(EXISTS { ?study ldn:publication ?p FILTER EXISTS { ?p ldn:retracted true } } AS ?withdrawn)
}
GROUP BY ?study ?design ?people
ORDER BY ?study
"""
_RESULTS = """
SELECT DISTINCT ?study ?result ?rank
WHERE {
  %s
  ?study ldn:result ?result .
  ?result dcterms:type/skos:prefLabel ?rank .
}
ORDER BY ?study ?result
"""
_STATEMENTS = """
SELECT DISTINCT ?claim ?said ?hedge ?passage
WHERE {
  %s
  ?statement ldn:expresses ?claim ; dcterms:description ?said ; ldn:hedge/skos:prefLabel ?hedge ;
    dcterms:source ?passage .
}
ORDER BY ?passage ?said
"""
_GUIDANCE = """
SELECT ?guidance ?body ?year ?stance ?said
WHERE {
  ?guidance a ldn:Guidance ; ldn:condition ?about ; ldn:body ?body ;
    ldn:stance/skos:prefLabel ?stance ; dcterms:description ?said .
  OPTIONAL { ?guidance dcterms:issued ?issued BIND(STR(?issued) AS ?year) }
}
ORDER BY DESC(?year) ?guidance
"""
_COUNTS = """
SELECT (COUNT(DISTINCT ?study) AS ?studies) (COUNT(DISTINCT ?claim) AS ?claims)
  (COUNT(DISTINCT ?line) AS ?lines) (COUNT(DISTINCT ?result) AS ?results)
  (COUNT(DISTINCT ?synthesis) AS ?syntheses)
WHERE {
  { ?study a ldn:Study } UNION { ?claim a ldn:Claim } UNION { ?line a ldn:EvidenceLine }
  UNION { ?result a ldn:Result } UNION { ?synthesis ldn:synthesisOf ?of }
}
"""

Rows = list[dict[str, str]]


def counts(records: Records) -> dict[str, str]:
    """Return the numbers of records.

    The keys are `studies`, `claims`, `lines`, `results` and `syntheses`.
    """
    return records.dataset.rows(_COUNTS)[0]


def claims(records: Records, about: str | None = None) -> Rows:
    """Return all claims, or those whose subject or object is `about`; the most certain first.

    The keys are `claim` (IRI), `kind`, `status`, and of benefit and harm `answer` (a sentence) and
    `certainty`, of others `level`, `counterLevel` and the numbers of studies `for` and `against`;
    of mechanisms `groupsFor` and `groupsAgainst`, their independent research groups, and
    `ungroupedFor` and `ungroupedAgainst`, the studies of no known group.
    """
    pattern = "?claim rdf:subject|rdf:object ?about ." if about else ""
    return _ask(records, _CLAIMS % pattern, about)


def studies(records: Records, condition: str | None = None) -> Rows:
    """Return all studies, or those of a condition.

    The keys are `study` (IRI), `design`, `people` (the number of participants), `year`, `duration`,
    `doseMin` and `doseMax` (naltrexone in mg a day), and `retracted` ("true" or "false").
    """
    pattern = "?study ldn:condition ?about ." if condition else ""
    return _ask(records, _STUDIES % pattern, condition)


def results(records: Records, condition: str) -> Rows:
    """Return the results of the studies of a condition.

    The keys are `study` and `result` (IRIs), and `rank`, such as "primary outcome".
    """
    return _ask(records, _RESULTS % "?study ldn:condition ?about .", condition)


def statements(records: Records, about: str) -> Rows:
    """Return what the source document says about a claim, or about the claims on `about`.

    The keys are `claim` and `passage` (IRIs), `said` (the statement in words) and `hedge`.
    """
    either = "{ BIND(?about AS ?claim) } UNION { ?claim rdf:subject|rdf:object ?about }"
    pattern = f"{either} FILTER EXISTS {{ ?claim a ldn:Claim }}"
    return _ask(records, _STATEMENTS % pattern, about)


def guidance(records: Records, condition: str) -> Rows:
    """Return what professional bodies said on a condition, the newest first.

    The keys are `guidance` (IRI), `body`, `year`, `stance` and `said`, in words.
    """
    return _ask(records, _GUIDANCE, condition)


def _ask(records: Records, sparql: str, about: str | None) -> Rows:
    values: dict[str, Any] = {"about": NamedNode(about)} if about else {}
    return records.dataset.rows(sparql, **values)
