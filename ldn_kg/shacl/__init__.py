"""SHACL over pyoxigraph stores: SPARQL finds the nodes that may fail, pySHACL judges only those.

A library of its own: it knows nothing of what is validated. `docs/validation.md` says what it
translates, what it leaves to pySHACL whole, and how it is tested.

>>> results = validate(data, shapes)  # two pyoxigraph.Store
"""

from pyoxigraph import Store

from ldn_kg.shacl.candidates import may_fail
from ldn_kg.shacl.result import Result, ShapesError, Term

__all__ = ["Result", "ShapesError", "Term", "validate"]


def validate(data: Store, shapes: Store) -> list[Result]:
    """Return the results that pySHACL would report of the union of all graphs of a store.

    The list is empty where the data conform, and also where no shape has a target in them: who
    calls must know that there was something to look at. Raises ShapesError for shapes that cannot
    be run.
    """
    aims = {shape: nodes for shape, nodes in may_fail(shapes, data).items() if nodes}
    if not aims:
        return []
    from ldn_kg.shacl.judge import judge  # here: its import takes longer than to find nothing

    return judge(data, shapes, aims)
