"""Identifiers of the same paper or trial are equal in their normal form, however they are typed."""

import re
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.identifiers import normal

CASES = settings(max_examples=200, deadline=None, derandomize=True)
_TYPED = """
SELECT DISTINCT ?typed
WHERE { ?record ?property ?typed FILTER(?property IN (bibo:doi, bibo:pmid, schema:identifier)) }
ORDER BY ?typed
"""
DOIS = st.from_regex(r"10\.[0-9]{4,9}/[a-z0-9]([a-z0-9._()/-]{0,20}[a-z0-9])?", fullmatch=True)
REGISTRATIONS = st.sampled_from(
    [
        *("NCT00568555", "ISRCTN12345678", "ACTRN12623000172606", "IRCT20180809040747N1"),
        *("EudraCT 2019-000702-30", "EU CT 2022-500123-12-00", "CTRI/2013/06/003735", "NL9259"),
        *("NTR1234", "NL-OMON12345", "jRCTs031180123", "jRCT2031180123", "ChiCTR-IOR-14005735"),
        *("ChiCTR1900024524", "DRKS00012345", "UMIN000012345", "KCT0001234", "TCTR20200101001"),
        *("PACTR202001234567890", "RBR-7HK8N", "SLCTR/2019/001", "PROSPERO CRD42024511451"),
        *("Nigeria Clinical Trial Registry 89519615", "PMC3962576", "ISBN 9788281219526"),
        "ISBN 080442957X",
    ]
)
CASED = st.sampled_from([str.upper, str.lower, str.title, str.swapcase, str])


@given(doi=DOIS, cased=CASED, data=st.data())
@CASES
def test_a_doi_is_the_same_in_each_spelling(doi: str, cased: object, data: st.DataObject) -> None:
    form = normal(doi)
    assert form == doi  # the strategy makes normal forms
    typed = cased(doi)  # type: ignore[operator]
    typed = data.draw(st.sampled_from([typed, quote(typed, safe=""), quote(quote(typed))]))
    typed = data.draw(st.sampled_from(["", "doi:", "DOI ", "https://doi.org/"])) + typed
    typed = data.draw(st.sampled_from(["", " ", "\u00a0", "\n"])) + typed
    typed += data.draw(st.sampled_from(["", ".", ",", ";", ").", "]", "> ", " ", "\u00a0"]))
    assert normal(typed) == form


@given(number=REGISTRATIONS, cased=CASED, data=st.data())
@CASES
def test_a_registration_is_the_same_in_each_spelling(
    number: str, cased: object, data: st.DataObject
) -> None:
    assert normal(number) == number
    typed = cased(number)  # type: ignore[operator]
    typed = data.draw(st.sampled_from([typed, *_with_signs(typed)]))
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in typed)
    typed = data.draw(st.sampled_from([typed, wide, typed.replace("-", "\u2011")]))
    before = data.draw(st.sampled_from(["", " ", "registered as ", "https://example.org/x/"]))
    assert normal(before + typed + data.draw(st.sampled_from(["", ".", " ", ")", "."]))) == number


def _with_signs(typed: str) -> list[str]:
    """Return a number with what people write between the name of the registry and the digits."""
    found = re.match(r"([A-Za-z]+)(?![A-Za-z/])[ -]?(.*)", typed)
    signs = (" ", ": ", "-", " #", "\u00a0")
    return [found[1] + sign + found[2] for sign in signs] if found else [typed]


@pytest.mark.parametrize(
    "typed",
    [
        *("24526250", "PMID: 24526250", "pmid24526250", " 024526250.", "PMID 24526250"),
        "https://pubmed.ncbi.nlm.nih.gov/24526250/",
        "https://www.ncbi.nlm.nih.gov/pubmed/24526250",
    ],
)
def test_a_pmid_is_its_digits(typed: str) -> None:
    assert normal(typed) == "24526250"


def test_a_european_number_is_one_trial_in_each_country() -> None:
    for typed in ("2019-000702-30", "EUCTR2019-000702-30-DK", "EudraCT number: 2019-000702-30"):
        assert normal(typed) == "EudraCT 2019-000702-30"
    assert normal("2022-500123-12-00") == "EU CT 2022-500123-12-00"


@pytest.mark.parametrize("typed", ["", "x", "10.5/x", "NCT0056855", "a" * 10_000, "10.1234/"])
def test_what_is_no_identifier_stays(typed: str) -> None:
    assert normal(typed) == typed


@given(text=st.text(max_size=40) | st.text("10./NCTPMD0-%()<>;:. aA", max_size=40))
@CASES
def test_a_normal_form_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_identifiers_that_differ_stay_apart(kg: Dataset) -> None:
    typed = [row["typed"] for row in kg.rows(_TYPED)]
    assert len(typed) > 300
    assert [normal(one) for one in typed] == typed
    assert len({normal(one.upper()) for one in typed}) == len(typed)
    assert all(unicodedata.is_normalized("NFC", one) for one in typed)


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("10.5555/x%20y", "10.5555/x%20y"),  # a part of it would be the DOI of another paper
        ("10.5555%2Fx%2520", "10.5555/x"),
        ("ACTRN12622000881730p", "ACTRN12622000881730"),
        ("2019 000702 30", "EudraCT 2019-000702-30"),
    ],
)
def test_what_stands_within_or_behind_a_number(typed: str, form: str) -> None:
    assert normal(typed) == form


# The shortest and the longest number of each registry: with a digit less, or more, it is none.
LENGTHS = [
    ("NCT00568555",) * 2,
    ("ISRCTN12345678",) * 2,
    ("ACTRN12623000172606",) * 2,
    ("IRCT20180809N1", "IRCT20180809040747N123"),
    ("ChiCTR-IOR-14005735",) * 2,
    ("ChiCTR1900024524",) * 2,
    ("jRCTs031180123",) * 2,
    ("jRCT2031180123",) * 2,
    ("NL-OMON1234", "NL-OMON123456"),
    ("NTR12", "NTR12345"),
    ("NL12", "NL12345"),
    ("SLCTR/2019/001",) * 2,
    ("CTRI/2013/06/003735", "CTRI/2013/106/003735"),
    ("DRKS00012345",) * 2,
    ("UMIN000012345",) * 2,
    ("KCT0001234",) * 2,
    ("PACTR202001234567890", "PACTR2020012345678901"),
    ("TCTR20200101001",) * 2,
    ("RBR-7HK8N", "RBR-7HK8N123"),
    ("Nigeria Clinical Trial Registry 89519615",) * 2,
    ("PROSPERO CRD42024511451",) * 2,
    ("PMC1", "PMC123456789"),
]


@pytest.mark.parametrize(("shortest", "longest"), LENGTHS)
def test_a_number_has_the_length_that_its_registry_gives_it(shortest: str, longest: str) -> None:
    assert (normal(shortest.lower()), normal(longest.lower())) == (shortest, longest)
    for typed in (shortest[:-1], f"{longest}1"):
        assert normal(typed) == typed


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("10.1234/X", "10.1234/x"),
        ("10.123456789/X", "10.123456789/x"),
        ("10.123/X", "10.123/X"),
        ("10.1234567890/X", "10.1234567890/X"),
        ("(10.1234/X(1)Y)", "10.1234/x(1)y"),
        ("[10.1234/X[1]]", "10.1234/x[1]"),
        ('"10.1234/X<1>";', "10.1234/x<1>"),
        ("123456789", "123456789"),
        ("PMID 1234567890", "PMID 1234567890"),
        ("PMID 0", "PMID 0"),
        ("CRD42024511451", "PROSPERO CRD42024511451"),
        ("ChiCTR\u2010IOR\u201014005735", "ChiCTR-IOR-14005735"),
        ("10.1234/A\u2013B", "10.1234/a-b"),
        ("isbn-13: 978-82-8121-952-6", "ISBN 9788281219526"),
        ("ISBN-10 0 8044 2957 x", "ISBN 080442957X"),
        ("ISBN 08044295712", "ISBN 08044295712"),
        ("2022 500123-12", "EU CT 2022-500123-12"),
        ("12022-500123-12", "12022-500123-12"),
        ("2022-500123-123", "2022-500123-123"),
    ],
)
def test_what_belongs_to_a_number_and_what_does_not(typed: str, form: str) -> None:
    assert normal(typed) == form


def test_a_text_of_a_page_is_no_identifier() -> None:
    assert normal("10.1234/X".rjust(500)) == "10.1234/x"
    long = "10.1234/X".rjust(501)
    assert normal(long) == long
