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
    from ldn_kg.changes import Change, Changes, compare_releases
    from ldn_kg.citation import cite
    from ldn_kg.dataset import Dataset
    from ldn_kg.derive import load
    from ldn_kg.errors import InvalidData, LdnKgError
    from ldn_kg.explanation import explain
    from ldn_kg.page import show
    from ldn_kg.release import build
    from ldn_kg.release.changelog import read_release
    from ldn_kg.serialization import export
    from ldn_kg.shacl import Problem, Report, validate
    from ldn_kg.source import verify_source
    from ldn_kg.sparql import Answer, Question, query, questions
    from ldn_kg.stores.comparison import Comparison, verify
    from ldn_kg.stores.endpoint import Credentials, Endpoint, connect
    from ldn_kg.stores.remote import query_remote
    from ldn_kg.stores.transfer import graphs, push

# Each name is imported when it is first used, so that a query never waits for SHACL to load.
_HOMES = {
    "Answer": "sparql",
    "Change": "changes",
    "Changes": "changes",
    "Comparison": "stores.comparison",
    "Credentials": "stores.endpoint",
    "Dataset": "dataset",
    "Endpoint": "stores.endpoint",
    "InvalidData": "errors",
    "LdnKgError": "errors",
    "Problem": "shacl",
    "Question": "sparql",
    "Report": "shacl",
    "build": "release",
    "cite": "citation",
    "compare_releases": "changes",
    "connect": "stores.endpoint",
    "explain": "explanation",
    "export": "serialization",
    "graphs": "stores.transfer",
    "load": "derive",
    "push": "stores.transfer",
    "query": "sparql",
    "query_remote": "stores.remote",
    "questions": "sparql",
    "read_release": "release.changelog",
    "show": "page",
    "validate": "shacl",
    "verify": "stores.comparison",
    "verify_source": "source",
}

__all__ = [
    "Answer",
    "Change",
    "Changes",
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
    "cite",
    "compare_releases",
    "connect",
    "explain",
    "export",
    "graphs",
    "load",
    "push",
    "query",
    "query_remote",
    "questions",
    "read_release",
    "show",
    "validate",
    "verify",
    "verify_source",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ldn_kg' has no attribute {name!r}")
    return getattr(import_module(f"ldn_kg.{_HOMES[name]}"), name)
