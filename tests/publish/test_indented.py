"""JSON with an indent: the same text as the standard library writes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldn_kg.publish.indented import indented

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_VALUES, st.integers(1, 4))
def test_as_the_standard_library_writes_it(value: object, indent: int) -> None:
    assert indented(value, indent) == json.dumps(value, indent=indent, ensure_ascii=False)


def test_tuples_and_texts_of_other_libraries() -> None:
    value = {"a": (1, ("é\u2028\x00", [])), "b": {}, "c": type("Text", (str,), {})("x")}
    assert indented(value) == json.dumps(value, indent=2, ensure_ascii=False)


def test_what_has_no_form() -> None:
    with pytest.raises(TypeError):
        indented({"a": object()})
