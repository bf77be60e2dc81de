"""What a parser of JSON-LD lets pass, or one of Turtle says obscurely, is a sentence."""

import re
from collections.abc import Iterator, Set
from typing import Any

from ldn_kg.errors import LdnKgError

_SCHEMES = ("http", "https", "urn", "tag", "info", "doi", "mailto", "did", "_")
_LISTED = 5  # keys that a message names
_TAG = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z]++(?:-[A-Za-z0-9]++)*+_\w*")


def depth(code: str) -> int:
    """Return how deep brackets are nested in what has no strings or comments."""
    deep = most = 0
    for bracket in re.findall(r"[][(){}]", code):
        deep = deep + 1 if bracket in "[({" else max(0, deep - 1)
        most = max(most, deep)
    return most


def refuse_json(place: str, content: str) -> None:
    """Raise LdnKgError for remote contexts, and for keys of JSON-LD that mean nothing.

    A parser leaves out what is under a key that no context maps to an IRI. What is no JSON at all
    is left to the parser.
    """
    import json  # here: most files are Turtle

    try:
        document = json.loads(content)
    except ValueError:
        return
    contexts = list(_contexts(document))
    remote = next((one for one in map(_address, contexts) if isinstance(one, str)), None)
    if remote is not None:
        raise LdnKgError(
            f"{place}: the context {remote} is not fetched, as no file is; write what it says into "
            "the file in place of its address."
        )
    defined = {k: v for one in contexts if isinstance(one, dict) for k, v in one.items()}
    if "@vocab" in defined:
        return
    maps = {key for key, meaning in defined.items() if _is_map(meaning) or meaning == "@value"}
    unknown = dict.fromkeys(
        key for key in _keys(document, maps) if _means_nothing(key, defined.keys())
    )
    if unknown:
        named = ", ".join(list(unknown)[:_LISTED])
        more = f" and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
        raise LdnKgError(
            f"{place}: the context does not say what these keys mean: {named}{more}. Map them to "
            "properties in @context, or take them out: they would be left out."
        )


def _contexts(node: Any) -> Iterator[Any]:
    """Yield each context of a document: strings are addresses, dicts map terms."""
    if isinstance(node, list):
        for one in node:
            yield from _contexts(one)
    elif isinstance(node, dict):
        said = node.get("@context")
        yield from said if isinstance(said, list) else [said]
        for one in node.values():
            yield from _contexts(one)


def _address(context: Any) -> Any:
    """Return what a context is fetched from: itself, or what it imports."""
    return context.get("@import") if isinstance(context, dict) else context


def _is_map(meaning: Any) -> bool:
    """Tell whether the value of a term has keys of its own: languages, indexes, or any JSON."""
    said = meaning if isinstance(meaning, dict) else {}
    return said.get("@container") not in (None, "@list", "@set") or said.get("@type") == "@json"


def _keys(node: Any, maps: Set[str]) -> Iterator[str]:
    """Yield the keys of the nodes of a document, without those of contexts, literals and maps."""
    if isinstance(node, list):
        for one in node:
            yield from _keys(one, maps)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key not in ("@context", "@value"):
                yield key
                if key not in maps:
                    yield from _keys(value, maps)


def _means_nothing(key: str, terms: Set[str]) -> bool:
    prefix, colon, _ = key.partition(":")
    known = key.startswith("@") or key in terms
    return not (known or (colon and (prefix in terms or prefix in _SCHEMES)))


def explained(message: str, line: str) -> str:
    """Return what a parser says of a line, in plain words where it is obscure."""
    if "Unexpected character" in message and (found := _TAG.search(line.partition("@")[2])):
        tag = found[0]
        return f"a language tag has a hyphen: @{tag.replace('_', '-')}, not @{tag}"
    return message
