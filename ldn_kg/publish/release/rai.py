"""What whoever trains or tests a model on the data should know: the Croissant RAI vocabulary 1.0.

https://docs.mlcommons.org/croissant/docs/croissant-rai-spec.html
"""

from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.release.metadata import about

CONFORMS_TO = "http://mlcommons.org/croissant/RAI/1.0"

_READ_AS = """
SELECT ?reading (COUNT(DISTINCT ?result) AS ?results)
WHERE { ?result a ldn:Result ; ldn:readAs/skos:prefLabel ?reading }
GROUP BY ?reading
ORDER BY DESC(?results) ?reading
"""
_COUNTS = """
SELECT ?studies ?randomised ?single ?unpublished ?results ?figures ?excluded ?readings ?found
  ?compared ?agreed
WHERE {
  { SELECT (COUNT(*) AS ?studies) WHERE { ?any a ldn:Study } }
  {
    SELECT (COUNT(DISTINCT ?any) AS ?randomised)
    WHERE {
      VALUES ?design { ldnc:randomised-parallel-trial ldnc:randomised-crossover-trial }
      ?any a ldn:Study ; ldn:design ?design
    }
  }
  {
    SELECT (COUNT(DISTINCT ?any) AS ?single)
    WHERE { ?any a ldn:Study ; ldn:design ldnc:case-report }
  }
  {
    SELECT (COUNT(DISTINCT ?any) AS ?unpublished)
    WHERE { ?any a ldn:Study ; ldn:notReported ldnc:no-result-published }
  }
  { SELECT (COUNT(DISTINCT ?any) AS ?results) WHERE { ?any a ldn:Result } }
  {
    SELECT (COUNT(DISTINCT ?any) AS ?figures)
    WHERE { ?any a ldn:Result ; ldn:experimentalValue|ldn:experimentalCount|ldn:estimate ?figure }
  }
  { SELECT (COUNT(DISTINCT ?any) AS ?excluded) WHERE { ?any a ldn:Exclusion } }
  {
    SELECT (COUNT(?any) AS ?readings) (SUM(IF(?n > 0, 1, 0)) AS ?found)
      (SUM(?n) AS ?compared) (SUM(?same) AS ?agreed)
    WHERE {
      ?any a ldn:SecondReading .
      OPTIONAL { ?any ldn:compared ?seen }
      OPTIONAL { ?any ldn:agreed ?agreeing }
      BIND(COALESCE(?seen, 0) AS ?n)
      BIND(COALESCE(?agreeing, 0) AS ?same)
    }
  }
}
"""
_READERS = """
SELECT DISTINCT ?name ?description
WHERE {
  ?reading a ldn:SecondReading ; ldn:reader ?reader .
  ?reader schema:name ?name ; dcterms:description ?description
}
ORDER BY ?name
"""


def responsible_use(dataset: Dataset) -> dict[str, str | list[str]]:
    """Return the properties of the vocabulary that are true of the data, with what they say.

    Every number is counted in the dataset.
    """
    n = dataset.rows(_COUNTS)[0]
    read = ", ".join(f"{row['reading']} {row['results']}" for row in dataset.rows(_READ_AS))
    readers = dataset.rows(_READERS)
    return {
        "rai:dataCollection": (
            f"{n['studies']} published studies and registry records were read one by one, result "
            "by result. Each record names the pages that were read and on which kind of page each "
            f"result was read. {n['excluded']} reports that were looked at and not taken are "
            "recorded with the reason, and searches that found nothing with their day."
        ),
        "rai:dataCollectionType": ["Document analysis", "Secondary Data analysis"],
        "rai:dataCollectionRawData": (
            "Publications, trial registries and product labels, by DOI, PubMed identifier or "
            "registration. Abstracts and full texts are not repeated."
        ),
        "rai:dataCollectionMissingData": (
            f"What a source does not say, or what was not seen, stays empty or has its reason. "
            f"{n['figures']} of {n['results']} results have a value, a count or an estimate; the "
            "others say less, such as which way the result points, or a p value."
        ),
        "rai:dataPreprocessingProtocol": [
            "Figures are as printed; nothing is imputed. Standard errors and pooled estimates are "
            "computed by rule, and stand in the graph of what is derived."
        ],
        "rai:dataAnnotationProtocol": (
            "Curators type what a study reports, with codes of closed lists. Answers, levels, "
            "certainty and statuses of claims are computed by published rules."
        ),
        "rai:dataAnnotationAnalysis": [
            f"A second reading is recorded for {n['readings']} studies. In {n['found']} of them "
            f"figures and facts could be compared: {n['agreed']} of {n['compared']} agreed. What "
            "did not is noted, with what was done."
        ],
        "rai:machineAnnotationTools": [f"{row['name']}: {row['description']}" for row in readers],
        "rai:dataBiases": [
            f"Of {n['results']} results, so many were read on each kind of page, where one result "
            f"may have several: {read}. An abstract may leave out harms, and what made no "
            "difference.",
            f"{n['randomised']} of {n['studies']} studies have the design of a randomised trial; "
            "the others range from controlled trials to case reports, reviews, animals and cells.",
            f"{n['unpublished']} registered studies have no published result that was found, so "
            "what is published may be better than what was measured.",
        ],
        "rai:dataLimitations": [
            about(dataset)["not"],
            "Certainty is by rule, after GRADE, and is not GRADE itself, which needs judges who "
            "read full texts.",
            "Too little to say is not the same as no effect.",
        ],
        "rai:dataUseCases": [
            "To find what was measured of low-dose naltrexone, in whom, with what result and where "
            "it was read; to pool it again; to test software that answers questions from evidence.",
            "Not to decide on the treatment of a person, and not to train software that does.",
        ],
        "rai:personalSensitiveInformation": [
            f"Results are those of groups, as published; {n['single']} studies are case reports, "
            "which describe single people as their publication does. Nothing in the vocabulary "
            "holds the name of a participant. Authors of publications are named."
        ],
        "rai:dataReleaseMaintenancePlan": [
            "A version is named by year and month, and comes at no fixed interval. CHANGES.md "
            "tells which claims differ from the version before, and why."
        ],
    }
