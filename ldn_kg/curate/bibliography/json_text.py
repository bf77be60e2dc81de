"""Bibliographies in JSON: CSL, the works of Crossref, the studies of ClinicalTrials.gov."""

import json
from collections.abc import Iterator
from typing import Any

from ldn_kg.curate.bibliography.clinicaltrials import of_study
from ldn_kg.curate.bibliography.csl import of_csl
from ldn_kg.curate.bibliography.reference import Malformed, Reference


def read_json(content: str) -> Iterator[Reference | Malformed]:
    """Read a list of items, one item, or what an API wraps them in.

    That is `items` (Zotero), `message` (Crossref) or `studies` (ClinicalTrials.gov, API v2).
    """
    try:
        whole = json.loads(content)
    except json.JSONDecodeError as error:
        raise Malformed(None, f"line {error.lineno} is no JSON ({error.msg})") from error
    except ValueError as error:  # Python counts the digits of a number, to 4300
        raise Malformed(None, "the JSON has a number that is too long to be one") from error
    except RecursionError as error:
        raise Malformed(None, "the JSON is nested too deep for a bibliography") from error
    for number, item in enumerate(_items(whole), 1):
        if not isinstance(item, dict):
            yield Malformed(number, f"is no object: {json.dumps(item)[:40]}")
            continue
        try:
            yield of_study(item) if "protocolSection" in item else of_csl(item)
        except (AttributeError, TypeError, IndexError, KeyError):
            form = "ClinicalTrials.gov has it" if "protocolSection" in item else "in CSL"
            what = "a field" if "protocolSection" in item else "an author or a date"
            yield Malformed(number, f"has {what} that is not as {form}")


def _items(whole: Any) -> list[Any]:
    if isinstance(whole, dict):
        for wrapped in ("items", "studies"):
            if isinstance(whole.get(wrapped), list):
                return list(whole[wrapped])
        if isinstance(whole.get("message"), dict):
            return _items(whole["message"])
    return whole if isinstance(whole, list) else [whole]
