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
    from ldn_kg.comparison import Comparison, verify
    from ldn_kg.dataset import Dataset
    from ldn_kg.derive import load
    from ldn_kg.endpoint import Credentials, Endpoint, connect
    from ldn_kg.errors import InvalidData, LdnKgError
    from ldn_kg.explanation import explain
    from ldn_kg.page import show
    from ldn_kg.release import build
    from ldn_kg.remote import query_remote
    from ldn_kg.serialization import export
    from ldn_kg.shacl import Problem, Report, validate
    from ldn_kg.source import verify_source
    from ldn_kg.sparql import Answer, Question, query, questions
    from ldn_kg.transfer import graphs, push

# Each name is imported when it is first used, so that a query never waits for SHACL to load.
_HOMES = {
    "Answer": "sparql",
    "Comparison": "comparison",
    "Credentials": "endpoint",
    "Dataset": "dataset",
    "Endpoint": "endpoint",
    "InvalidData": "errors",
    "LdnKgError": "errors",
    "Problem": "shacl",
    "Question": "sparql",
    "Report": "shacl",
    "build": "release",
    "connect": "endpoint",
    "explain": "explanation",
    "export": "serialization",
    "graphs": "transfer",
    "load": "derive",
    "push": "transfer",
    "query": "sparql",
    "query_remote": "remote",
    "questions": "sparql",
    "show": "page",
    "validate": "shacl",
    "verify": "comparison",
    "verify_source": "source",
}

__all__ = [
    "Answer",
    "Comparison",
    "Credentials",
    "Dataset",
    "Endpoint",
    "InvalidData",
    "LdnKgError",
    "Problem",
    "Question",
    "Report",
    "build",
    "connect",
    "explain",
    "export",
    "graphs",
    "load",
    "push",
    "query",
    "query_remote",
    "questions",
    "show",
    "validate",
    "verify",
    "verify_source",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ldn_kg' has no attribute {name!r}")
    return getattr(import_module(f"ldn_kg.{_HOMES[name]}"), name)
