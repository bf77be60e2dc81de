"""The knowledge graph of the evidence on low-dose naltrexone (LDN), as a library.

>>> import ldn_kg
>>> kg = ldn_kg.load()
>>> for row in ldn_kg.query(kg, "trials", {"condition": "fibromyalgia"}):
...     print(row["study"])

As a table: `pandas.DataFrame(rows)` or `polars.DataFrame(rows)`, with `rows = ldn_kg.query(…)`.
Not medical advice.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ldn_kg.dataset import Dataset
    from ldn_kg.derive import load
    from ldn_kg.errors import InvalidData, LdnKgError
    from ldn_kg.explanation import explain
    from ldn_kg.page import show
    from ldn_kg.release import build
    from ldn_kg.serialization import export
    from ldn_kg.shacl import Problem, Report, validate
    from ldn_kg.source import verify_source
    from ldn_kg.sparql import Answer, Question, query, questions

# Each name is imported when it is first used, so that a query never waits for SHACL to load.
_HOMES = {
    "Answer": "sparql",
    "Dataset": "dataset",
    "InvalidData": "errors",
    "LdnKgError": "errors",
    "Problem": "shacl",
    "Question": "sparql",
    "Report": "shacl",
    "build": "release",
    "explain": "explanation",
    "export": "serialization",
    "load": "derive",
    "query": "sparql",
    "questions": "sparql",
    "show": "page",
    "validate": "shacl",
    "verify_source": "source",
}

__all__ = [
    "Answer",
    "Dataset",
    "InvalidData",
    "LdnKgError",
    "Problem",
    "Question",
    "Report",
    "build",
    "explain",
    "export",
    "load",
    "query",
    "questions",
    "show",
    "validate",
    "verify_source",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ldn_kg' has no attribute {name!r}")
    return getattr(import_module(f"ldn_kg.{_HOMES[name]}"), name)
