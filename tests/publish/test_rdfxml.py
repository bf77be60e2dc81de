"""RDF/XML is well-formed, whatever the data, and other parsers read the same from it."""

from xml.parsers import expat

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.publish.formats import write

CASES = settings(max_examples=100, deadline=None, derandomize=True)
STUDY = NamedNode("https://w3id.org/ldn-kg/study/a")


def _written(predicate: str, text: str) -> bytes:
    store = Store()
    store.add(Quad(STUDY, NamedNode(predicate), Literal(text), STUDY))
    return write(Dataset(store, ()), "rdfxml")


@pytest.mark.parametrize(
    ("predicate", "text", "shown"),
    [
        ("https://example.org/p/1", "words", "https://example.org/p/1"),
        ("https://example.org/", "words", "https://example.org/"),
        ("urn:x:1", "words", "urn:x:1"),
        ("https://example.org/p", "ring \x07 bell", "ring"),
        ("https://example.org/p", "no \ufffe character", "no"),
    ],
)
def test_what_xml_cannot_say_is_a_sentence(predicate: str, text: str, shown: str) -> None:
    with pytest.raises(LdnKgError, match=r"RDF/XML cannot say this: .*choose another") as raised:
        _written(predicate, text)
    assert shown in str(raised.value)


@given(
    predicate=st.sampled_from(["https://example.org/", "urn:x:", "https://example.org/a#"]).flatmap(
        lambda space: st.text("ab1-._~:/=é", min_size=1, max_size=6).map(space.__add__)
    ),
    text=st.text(max_size=12),
)
@CASES
def test_what_is_written_is_read_by_others(predicate: str, text: str) -> None:
    try:
        content = _written(predicate, text)
    except LdnKgError:
        return
    expat.ParserCreate(namespace_separator=" ").Parse(content, True)
    graph = rdflib.Graph().parse(data=content, format="xml")
    ((subject, predicates, object_),) = graph
    assert (str(subject), str(predicates)) == (STUDY.value, predicate)
    # An end of line is one line feed in XML.
    assert str(object_) == text.replace("\r\n", "\n").replace("\r", "\n")
