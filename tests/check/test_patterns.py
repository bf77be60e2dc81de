"""What the patterns of the shapes let through, and what they do not, at the limits of each.

In a spelling # stands for a digit, @ for a capital letter and * for either. Each is made up, filled
with the first and the last digit or letter. Of the shortest spelling nothing may be missing at the
end, and the longest may not go on.
"""

import re

import pytest
from pyoxigraph import Literal, Store

from ldn_kg.check.validation import rules
from ldn_kg.graph.namespaces import iri

ABOUT = r"sh:pattern|\[([0-9]+|[$^+*?])\] ->"  # faults for which `make mutants` asks these tests
_FILLED = {"#": "09", "@": "AZ", "*": "09AZ"}
_SHA256 = "0123456789abcdef" * 4
# Shape, shortest and longest spelling ("" where there is no longest), others that are wrong.
SPELLINGS = [
    ("Class-definition", "A sentence.", "", "A sentence"),
    ("Concept-definition", "A sentence.", "", "A sentence"),
    ("Property-definition", "A sentence.", "", "A sentence"),
    ("Scheme-definition", "A sentence.", "", "A sentence"),
    ("Dataset-disclaimer", "Not medical advice", "", "Medical advice"),
    ("DatasetVersion-number", "####.#", "####.##", "2026|2026.|2026.111|2026.11.|2026-11"),
    ("DatasetVersion-number", "####.#.#", "", ""),
    ("DatasetVersion-number", "####.##.##", "", ""),
    ("DatasetVersion-previous", "/####.#", "/####.##", "2026.11|/2026.111"),
    ("DatasetVersion-previous", "/####.#.#", "", ""),
    ("DatasetVersion-previous", "/####.##.##", "", ""),
    (
        "EvidenceLine-type",
        "http://purl.obolibrary.org/obo/ECO_#######",
        "http://purl.obolibrary.org/obo/ECO_#######",
        "http://purl.obolibrary.org/obo/GO_0000000",
    ),
    ("Exclusion-source", "http://a", "", "ftp://a|www.example.org"),
    ("Exclusion-source", "https://a", "", ""),
    ("SecondReading-page", "http://a", "", "ftp://a|www.example.org"),
    ("SecondReading-page", "https://a", "", ""),
    ("Passage-sha256", _SHA256, _SHA256, _SHA256.upper()),
    ("SourceDocument-sha256", _SHA256, _SHA256, _SHA256.upper()),
    ("Publication-doi", "10.####/x", "", "10.555/x|10.5555555555/x|10.5555/a b|10.5555/|10.5555"),
    ("Publication-doi", "10.#########/x.y(z)", "", ""),
    ("Publication-identifier", "PMC1", "PMC9########", "PMC01|pmc1|1"),
    ("Publication-identifier", "ISBN #########X", "ISBN ##########", "ISBN 00000000X0"),
    ("Publication-identifier", "ISBN 978##########", "ISBN 979##########", "ISBN 9770000000000"),
    ("Publication-issued", "1960", "2030", "1959|2031|1899|2130|60"),
    ("Publication-issued", "1999", "2000", ""),
    ("Publication-issued", "1970", "2029", ""),
    ("Publication-pmid", "1", "9########", "01|PMC1"),
    ("Publication-title", "x", "", " |"),
    ("Study-identifier", "NCT########", "NCT########", "nct00000000|NCT 00000000"),
    ("Study-identifier", "ISRCTN########", "ISRCTN########", ""),
    ("Study-identifier", "EudraCT ####-0#####-##", "EudraCT ####-4#####-##", ""),
    ("Study-identifier", "EudraCT 2019-000000-00", "", "EudraCT 2019-500000-00|2019-000000-00"),
    ("Study-identifier", "EU CT ####-5#####-##-##", "EU CT ####-5#####-##-##", ""),
    ("Study-identifier", "EU CT 2019-500000-00-00", "", "EU CT 2019-400000-00-00"),
    ("Study-identifier", "ACTRN##############", "ACTRN##############", ""),
    ("Study-identifier", "IRCT########N#", "IRCT##############N###", "IRCT0000000N1"),
    ("Study-identifier", "IRCT00000000N1", "", "IRCT000000000000000N1|IRCT00000000"),
    ("Study-identifier", "ChiCTR-@@-########", "ChiCTR-@@@@@-########", "ChiCTR-A-00000000"),
    ("Study-identifier", "ChiCTR##########", "ChiCTR##########", "ChiCTR-AAAAAA-00000000"),
    ("Study-identifier", "jRCTs#########", "jRCTs#########", "jRCT000000000"),
    ("Study-identifier", "jRCT##########", "jRCT##########", "JRCT0000000000"),
    ("Study-identifier", "NTR##", "NTR#####", ""),
    ("Study-identifier", "NL##", "NL#####", ""),
    ("Study-identifier", "NL-OMON####", "NL-OMON######", ""),
    ("Study-identifier", "CTRI/####/##/######", "CTRI/####/###/######", "CTRI/2020/1/000000"),
    ("Study-identifier", "CTRI/2020/01/000000", "", "CTRI/2020/0001/000000"),
    ("Study-identifier", "DRKS########", "DRKS########", ""),
    ("Study-identifier", "UMIN#########", "UMIN#########", ""),
    ("Study-identifier", "KCT#######", "KCT#######", ""),
    ("Study-identifier", "TCTR###########", "TCTR###########", ""),
    ("Study-identifier", "PACTR###############", "PACTR################", ""),
    ("Study-identifier", "RBR-*****", "RBR-********", "RBR-abcde"),
    ("Study-identifier", "SLCTR/####/###", "SLCTR/####/###", ""),
    (
        "Study-identifier",
        "Nigeria Clinical Trial Registry ########",
        "Nigeria Clinical Trial Registry ########",
        "",
    ),
    ("Study-identifier", "PROSPERO CRD###########", "PROSPERO CRD###########", "CRD00000000000"),
]
_OPEN = re.compile(r"[#@*]")
# What may stand within, or before the end of, a longer text.
_SENTENCES = {f"{kind}-definition" for kind in ("Class", "Concept", "Property", "Scheme")}
_WITHIN = {"Dataset-disclaimer", "Publication-title"}
_AFTER_MORE = {*_SENTENCES, *_WITHIN, "DatasetVersion-previous"}
_BEFORE_MORE = {*_WITHIN, "Exclusion-source", "SecondReading-page"}


def _pattern(shape: str) -> str:
    (quad,) = rules().quads_for_pattern(iri(f"lsh:{shape}"), iri("sh:pattern"), None, None)
    assert isinstance(quad.object, Literal)
    return quad.object.value


def _let_through(shape: str, *texts: str) -> set[str]:
    """Return the texts that match the pattern of a shape, as SHACL says: by REGEX of SPARQL."""
    rows = " ".join(str(Literal(text)) for text in texts)
    sparql = f"SELECT ?t {{ VALUES ?t {{ {rows} }} FILTER(REGEX(?t, {Literal(_pattern(shape))})) }}"
    return {solution["t"].value for solution in Store().query(sparql)}  # type: ignore[union-attr]


def _filled(spelling: str) -> set[str]:
    """Return a spelling with each of the first and last signs at all places where one is open."""
    found = {spelling}
    for sign, fills in _FILLED.items():
        found = {text.replace(sign, fill) for text in found for fill in fills}
    return found


def test_each_pattern_has_its_spellings() -> None:
    named = rules().quads_for_pattern(None, iri("sh:pattern"), None, None)
    shapes = {str(q.subject).strip("<>") for q in named if str(q.subject).startswith("<")}
    assert {f"{iri('lsh:x').value[:-1]}{shape}" for shape, *_ in SPELLINGS} == shapes


@pytest.mark.parametrize(("shape", "shortest", "longest", "wrong"), SPELLINGS)
def test_what_a_pattern_lets_through(shape: str, shortest: str, longest: str, wrong: str) -> None:
    right = _filled(shortest) | (_filled(longest) if longest else set())
    assert _let_through(shape, *right) == right
    broken = {text for text in wrong.split("|") if wrong}
    for spelling in filter(None, (shortest, longest)):
        one = min(_filled(spelling))
        broken |= {one[: at.start()] + "_" + one[at.end() :] for at in _OPEN.finditer(spelling)}
    assert _let_through(shape, *broken) == set()


@pytest.mark.parametrize(("shape", "shortest", "longest", "wrong"), SPELLINGS)
def test_a_pattern_is_about_the_whole_text(
    shape: str, shortest: str, longest: str, wrong: str
) -> None:
    texts = _filled(shortest) | (_filled(longest) if longest else set())
    broken: set[str] = set()
    if shape not in _AFTER_MORE:
        broken |= {f"_{text}" for text in texts}
    if shape not in _BEFORE_MORE:
        broken |= {f"{text} _" for text in texts}
        broken |= {f"{text}0" for text in _filled(longest) if longest}
        broken |= {text[:-1] for text in _filled(shortest)} if longest else set()
    assert _let_through(shape, *broken) == set()
