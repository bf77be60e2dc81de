"""What validation finds, in the words of SHACL, section 3.6."""

from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode

Term = NamedNode | BlankNode | Literal


class ShapesError(Exception):
    """The shapes themselves cannot be run."""


@dataclass(frozen=True)
class Result:
    """One validation result: the node that was looked at, the shape that it fails, and why.

    `message` is that of the shape, or the validator's own. `path` is None where it is no
    single property; `value` is the term that is wrong, if one is.
    """

    focus_node: Term
    source_shape: Term
    message: str
    path: NamedNode | None = None
    value: Term | None = None
