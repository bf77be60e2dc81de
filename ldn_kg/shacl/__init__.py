"""SHACL over pyoxigraph stores: SPARQL finds the nodes that may fail, pySHACL judges only those.

This is a general library: it knows nothing about the data. `docs/validation.md` says what it
translates into SPARQL, what it leaves to pySHACL, and how it is tested.

>>> results = validate(data, shapes)  # two pyoxigraph.Store
"""

from pyoxigraph import Store

from ldn_kg.shacl.candidates import may_fail
from ldn_kg.shacl.result import Result, ShapesError, Term

__all__ = ["Result", "ShapesError", "Term", "validate"]


def validate(data: Store, shapes: Store) -> list[Result]:
    """Return the results that pySHACL would report for the union of all graphs of a store.

    The list is empty if the data conform, but also if no shape has a target in them: the caller
    has to make sure that there is something to validate. Raises ShapesError if the shapes cannot
    be run. The standard is SHACL (https://www.w3.org/TR/shacl/), with SHACL-SPARQL.
    """
    focus_nodes = {shape: nodes for shape, nodes in may_fail(shapes, data).items() if nodes}
    if not focus_nodes:
        return []
    from ldn_kg.shacl.judge import judge  # here: the import takes longer than finding no candidates

    return judge(data, shapes, focus_nodes)
