"""SHACL over pyoxigraph stores: SPARQL finds the nodes that may fail, pySHACL judges only those.

This is a general library: it knows nothing about the data. `docs/validation.md` says what it
translates into SPARQL, what it leaves to pySHACL, and how it is tested.

>>> results = validate(data, shapes)  # two pyoxigraph.Store
>>> validator = Validator(shapes)  # for more than one dataset
"""

from pyoxigraph import Store

from ldn_kg.check.shacl.candidates import Queries, may_fail, queries
from ldn_kg.check.shacl.result import Result, ShapesError, Term
from ldn_kg.check.shacl.shapes import subclasses

__all__ = ["Result", "ShapesError", "Term", "Validator", "validate"]


class Validator:
    """Shapes that are translated once; they must not change while it is used."""

    def __init__(self, shapes: Store) -> None:
        """Keep the shapes; they are translated when the first data come."""
        self._shapes = shapes
        self._queries: dict[object, Queries] = {}  # by the subclasses in the data

    def validate(self, data: Store) -> list[Result]:
        """Return the results that pySHACL would report for the union of all graphs of a store.

        The list is empty if the data conform, but also if no shape has a target in them: the caller
        has to make sure that there is something to validate. Raises ShapesError if the shapes
        cannot be run. The standard is SHACL (https://www.w3.org/TR/shacl/), with SHACL-SPARQL.
        """
        classes = subclasses(data)
        if classes not in self._queries:
            self._queries[classes] = queries(self._shapes, data)
        candidates = may_fail(self._queries[classes], data)
        focus_nodes = {shape: nodes for shape, nodes in candidates.items() if nodes}
        if not focus_nodes:
            return []
        # Imported here, since that takes longer than finding no candidates.
        from ldn_kg.check.shacl.judge import judge

        return judge(data, self._shapes, focus_nodes)


def validate(data: Store, shapes: Store) -> list[Result]:
    """Return the results of shapes on data, as `Validator.validate` does."""
    return Validator(shapes).validate(data)
