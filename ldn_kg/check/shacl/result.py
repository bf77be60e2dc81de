"""The results of a validation, in the terms of SHACL, section 3.6."""

from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

Term = NamedNode | BlankNode | Literal


class ShapesError(Exception):
    """The shapes themselves cannot be run."""


@dataclass(frozen=True)
class Result:
    """One validation result: the focus node, the shape that it fails, and why.

    `message` is that of the shape, or the validator's own. `path` is None unless it is a single
    property; `value` is the term that is wrong, or None.
    """

    focus_node: Term
    source_shape: Term
    message: str
    path: NamedNode | None = None
    value: Term | None = None
