"""Answers queries from a remote store, with the same rows as from the local dataset."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from pyoxigraph import QueryResultsFormat, RdfFormat, Store, parse_query_results

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.answer import Answer
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import GRAPH, PREFIXES
from ldn_kg.graph.questions import prepare
from ldn_kg.graph.sparql import builds_triples, what_is_described
from ldn_kg.publish.stores.endpoint import Endpoint
from ldn_kg.publish.stores.protocol import Client
from ldn_kg.publish.stores.transfer import graphs

_XSD = PREFIXES["xsd"]
_TRUTH = {"1": "true", "0": "false"}


def query_remote(
    endpoint: Endpoint,
    dataset: Dataset,
    question: str,
    parameters: Mapping[str, str] | None = None,
    *,
    base: str = GRAPH,
    allow_service: bool = False,
) -> Answer:
    """Answer a shipped question, or any SPARQL query, from a store that holds our graphs.

    `question` is the name of a question or the text of a query; `parameters` are those of
    `ldn_kg.query`. The default graph is the union of our graphs, each named `base` + its short
    name, unless the query has a FROM clause (SPARQL 1.1 Protocol, section 2.1.4). The local dataset
    only turns the values of parameters into IRIs. Raises LdnKgError as `ldn_kg.query` does, and if
    the store cannot be reached, refuses, or may have given only a part of the triples.
    """
    sparql, union = prepare(dataset, question, parameters, allow_service=allow_service)
    with Client(endpoint) as client:
        names = list(graphs(dataset, base)) if union else []
        asked = _with_prefixes(sparql)
        if not builds_triples(sparql):
            return _answer_of_rows(client.query(asked, names)[1])
        if resources := what_is_described(asked):
            client.query(resources, names)  # Virtuoso cuts their list, too, and says so only here
        store = _triples(*client.query(asked, names, triples=True))
        client.expect_whole(len(store))
    return Answer(lambda: store.query("CONSTRUCT WHERE { ?s ?p ?o }"))


def _answer_of_rows(body: bytes) -> Answer:
    results = _in_our_spelling(body)
    try:
        return Answer(lambda: parse_query_results(results, format=QueryResultsFormat.JSON))
    except SyntaxError as error:
        raise _not_results(error) from error


def _triples(media_type: str, body: bytes) -> Store:
    store, form = Store(), RdfFormat.from_media_type(media_type)
    try:
        store.load(body, format=form)
    except SyntaxError as error:
        raise LdnKgError(f"The store's answer is not RDF: {error}. Check --store.") from error
    except MemoryError as error:  # so the parser says that a value is longer than its buffer
        raise LdnKgError("The store's answer has a value that is longer than 16 MB.") from error
    return store


def _not_results(error: Exception) -> LdnKgError:
    return LdnKgError(f"The store's answer is not a SPARQL result: {error}. Check --store.")


def _with_prefixes(sparql: str) -> str:
    """Declare those of our prefixes that a query uses, on its first line: line numbers stay."""
    declared = set(re.findall(r"(?i)\bprefix\s++([\w.-]*+):", sparql))
    # Those in strings and IRIs, too: to declare one too many does no harm.
    used = set(re.findall(r"(?<!\w)([a-z]+):", sparql)) - declared
    return "".join(f"PREFIX {p}: <{PREFIXES[p]}> " for p in sorted(used) if p in PREFIXES) + sparql


def _in_our_spelling(body: bytes) -> bytes:
    """Spell values as our engine does, and the answer to ASK as the standard does.

    Virtuoso answers ASK with one row or none, and spells booleans as 1 and 0.
    """
    try:
        answer = json.loads(body)
        variables = answer["head"].get("vars", [])
        bindings = answer.get("results", {}).get("bindings", [])
        for term in (term for row in bindings for term in row.values()):
            if not isinstance(term["value"], str):
                raise ValueError(f"{term['value']!r} is no text")
            term["value"] = _canonical(term["value"], term.get("datatype", ""))
        if variables == ["__ASK_RETVAL"]:
            answer = {"head": {}, "boolean": bool(bindings)}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise _not_results(error) from error
    return json.dumps(answer).encode()


def _plain(number: Decimal) -> str:
    """Return a number in its shortest form, with all its digits: `normalize` keeps 28 of them."""
    digits = f"{number:f}"
    shortest = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if shortest in ("", "-0", "-") else shortest


def _canonical(value: Any, datatype: str) -> Any:
    kind = datatype.removeprefix(_XSD)
    if kind == "boolean":
        return _TRUTH.get(value, value)
    # Only if it has no exponent: 1E+999999999 written in full would fill the memory.
    if kind in ("decimal", "integer") and re.fullmatch(r"[+-]?[0-9.]{1,60}", value):
        try:
            return _plain(Decimal(value))
        except InvalidOperation:
            return value
    return value
