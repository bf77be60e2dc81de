"""Graphs that are compared where they have blank nodes."""

from collections.abc import Iterable

from pyoxigraph import CanonicalizationAlgorithm, Dataset, Quad


def canonical(quads: Iterable[Quad]) -> set[str]:
    """Return triples in which blank nodes have the names that RDFC-1.0 gives them.

    Two graphs have the same names exactly where they are isomorphic.
    """
    found = Dataset(Quad(*quad.triple) for quad in quads)
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad.triple) for quad in found}
