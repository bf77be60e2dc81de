"""Faults in Python: each changes one place of one module, and still compiles."""

import ast
from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

_OTHERS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
_CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_LEFT = ("annotation", "returns", "type_comment", "decorator_list")
Place = tuple[Any, str, int | None]  # a node, its field, and the place in that where it is a list


@dataclass
class Fault:
    """One fault: the function it is in, or "" for the level of the module; and the change."""

    module: Path
    short: str
    function: str
    name: str
    tree: ast.Module
    place: Place
    new: Any

    def compiled(self) -> CodeType:
        """Return the code of the module with the fault."""
        node, field, number = self.place
        if number is None:
            setattr(node, field, self.new)
        else:
            getattr(node, field)[number] = self.new
        return compile(ast.fix_missing_locations(self.tree), str(self.module), "exec")


def faults(path: Path, short: str) -> Iterator[Fault]:
    """Yield the faults of a module; `short` begins their names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    seen: Counter[str] = Counter()
    for place, old, function in _nodes(tree, None, ""):
        for new in _variants(old):
            name = f"{short} {function or 'module'}: {_words(old)} -> {_words(new)}"
            seen[name] += 1
            number = f" #{seen[name]}" if seen[name] > 1 else ""
            yield Fault(path, short, function, name + number, tree, place, new)


def _words(node: ast.AST) -> str:
    said = " ".join(ast.unparse(node).split())
    return said if len(said) <= 80 else f"{said[:50]}...{said[-25:]}"


def _nodes(node: Any, parent: Any, function: str) -> Iterator[tuple[Place, Any, str]]:
    """Yield each node that may change: no annotation, decorator, docstring or exception."""
    for field, value in ast.iter_fields(node):
        if field in _LEFT or isinstance(node, ast.Raise):
            continue
        for number, one in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(one, ast.AST) or _is_docstring(node, field, one):
                continue
            inside = _inside(node, field, one, function)
            yield (node, field, number), one, inside if not _is_def(one) else function
            yield from _nodes(one, node, inside)


def _inside(node: Any, field: str, one: Any, function: str) -> str:
    """Return the dotted name of the outermost function around a node, or "" where it is in none."""
    if _is_def(node) and field in ("args", "decorator_list"):
        return ""
    if function.endswith("()"):
        return function
    if isinstance(one, ast.ClassDef):
        return f"{function}{one.name}."
    if _is_def(one):
        return f"{function}{one.name}()"
    return function


def _is_def(node: Any) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def _is_docstring(node: Any, field: str, one: Any) -> bool:
    return (
        field == "body"
        and isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Constant)
        and node.body[0] is one
    )


def _variants(node: Any) -> Iterator[Any]:  # noqa: C901  # a table
    """Yield what may stand in the place of a node."""
    match node:
        case ast.Compare():
            for number, operator in enumerate(node.ops):
                for other in _OTHERS.get(type(operator), ()):
                    yield _with(node, ops=[*node.ops[:number], other(), *node.ops[number + 1 :]])
        case ast.BinOp() if not _is_text(node.left):
            for other in _OTHERS.get(type(node.op), ()):
                yield _with(node, op=other())
        case ast.BoolOp():
            yield _with(node, op=_OTHERS[type(node.op)][0]())
            if len(node.values) > 1:
                for number in range(len(node.values)):
                    rest = node.values[:number] + node.values[number + 1 :]
                    yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.AugAssign():
            for other in _OTHERS.get(type(node.op), ()):
                yield _with(node, op=other())
        case ast.UnaryOp(op=ast.Not()) | ast.UnaryOp(op=ast.USub()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield ast.Constant(node.value + 1)
        case ast.Constant(value=str()) if node.value:
            yield ast.Constant(f"{node.value[:-1]}\N{MIDDLE DOT}")
        case ast.If() | ast.IfExp() if not isinstance(node.test, ast.UnaryOp):
            yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Return(value=ast.AST()) if not _is_none(node.value):
            yield ast.Return(ast.Constant(None))
        case ast.comprehension(ifs=[_, *_]):
            for number in range(len(node.ifs)):
                yield _with(node, ifs=node.ifs[:number] + node.ifs[number + 1 :])
        case ast.Expr(value=ast.Call()) | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Call(func=ast.Name(id=name)) if name in _CALLS:
            keywords = [k for k in node.keywords if _CALLS[name] != "list"]
            yield _with(node, func=ast.Name(_CALLS[name], ast.Load()), keywords=keywords)
        case ast.Call(keywords=[_, *_]):
            for number in range(len(node.keywords)):
                rest = node.keywords[:number] + node.keywords[number + 1 :]
                yield _with(node, keywords=rest)


def _with(node: Any, **fields: Any) -> Any:
    new = copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _is_text(node: Any) -> bool:
    """Tell whether a node is text in sight, which is not calculated with."""
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _is_none(node: Any) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
