"""The text of a query: what it is, what in it is refused, and what its faults mean.

The grammar of the engine that will run a query decides, not another parser: what that one reads
otherwise could pass here and still call another host.
"""

import re

from pyoxigraph import Store

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.namespaces import PREFIXES
from ldn_kg.graph.syntax import depth

# What can hold a keyword without meaning it: comments, IRIs, strings, variables, local names.
# Every text is read once, in a time that grows as its length does: what is possessive (*+) is not
# tried again, and a string that nobody closes goes to the end of its line, or of the text.
_OPAQUE = re.compile(
    r"""#[^\n\r]*|<[^<>"{}|^`\\\x00-\x20]*>"""
    r'''|"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\\?\Z)|"(?:[^"\\\n\r]|\\.)*+(?:"|(?=[\n\r])|\\?\Z)'''
    r"""|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)|'(?:[^'\\\n\r]|\\.)*+(?:'|(?=[\n\r])|\\?\Z)"""
    r"|[?$]\w+|:[\w.-]+",
    re.DOTALL,
)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)  # of a syntax error
_BEHIND_SERVICE = re.compile(r"[\w:.-]*+(?:\s|#.*\n)*+(?:<|#.*)?")
# What an engine walks into for each: its stack ends where a query goes some thousands deep.
_OPERATOR = re.compile(
    r"\b(?:UNION|FILTER|BIND|MINUS|OPTIONAL|EXISTS|GRAPH|SELECT)\b|[-!+*/|&=<>]", re.IGNORECASE
)
_DEEPEST, _MOST_OPERATORS = 200, 1000
_UPDATES = "INSERT DELETE LOAD CLEAR DROP CREATE COPY MOVE ADD WITH".split()


def builds_triples(sparql: str) -> bool:
    """Tell CONSTRUCT and DESCRIBE, which answer with triples, from SELECT and ASK."""
    form = re.search(r"\b(select|ask|construct|describe)\b", _keywords(sparql), re.IGNORECASE)
    return form is not None and form[1].lower() in ("construct", "describe")


def what_is_described(sparql: str) -> str | None:
    """Return the SELECT query for the resources of a DESCRIBE query, or None if none is sought."""
    code = _OPAQUE.sub(lambda found: " " * len(found[0]), sparql)  # positions stay
    head = re.search(r"(?is)\bdescribe\b(.*?)(?=\bfrom\b|\bwhere\b|\{|$)", code)
    if head is None:
        return None
    named = _OPAQUE.findall(sparql[head.start(1) : head.end(1)])
    sought = [name for name in named if name[0] in "?$"] + re.findall(r"\*", head[1])
    if not sought:
        return None
    return f"{sparql[: head.start()]}SELECT DISTINCT {' '.join(sought)} {sparql[head.end(1) :]}"


def names_its_graphs(sparql: str) -> bool:
    """Tell whether a query has a FROM clause, which chooses the graphs that it asks."""
    return re.search(r"\bfrom\b", _keywords(sparql), re.IGNORECASE) is not None


def _keywords(sparql: str) -> str:
    """Return a text without what may have the name of a keyword and is none.

    An engine may read a keyword without spaces around it, but never before a colon.
    """
    return re.sub(r"(?<![\w.-])[\w.-]*+:", " ", _OPAQUE.sub(_kept_colon, sparql))


def _kept_colon(opaque: re.Match[str]) -> str:
    return ":" if opaque[0].startswith(":") else " "


def refuse_what_is_too_deep(sparql: str) -> None:
    """Raise LdnKgError for brackets or operators by the hundred, at which an engine would crash.

    What is in strings and comments does not count. Those of shipped questions are far from it.
    """
    code = _OPAQUE.sub(lambda found: found[0] if found[0][0] == "<" else " ", sparql)
    if depth(code) > _DEEPEST:
        raise LdnKgError(f"The query is nested more than {_DEEPEST} deep; make it flat.")
    operators = sum(1 for _ in _OPERATOR.finditer(_OPAQUE.sub(" ", sparql)))
    if operators > _MOST_OPERATORS:
        raise LdnKgError(
            f"The query has {operators} operators, and may have {_MOST_OPERATORS}; list values by "
            "VALUES, or ask in parts."
        )


def refuse_service(sparql: str) -> None:
    """Raise LdnKgError where SERVICE is a keyword, which only the engine's own grammar can tell.

    The word becomes another one of the same length, which is no keyword: in a string, a name or
    a comment it does no harm, elsewhere the text no longer parses. Nothing is asked: the store
    is empty. An engine reads 1SERVICE<…> and \\u0053ERVICE as calls, too.
    """
    plain = re.sub(r"\\(?:u|U0000)00([4-7][0-9A-Fa-f])", _character, sparql)
    other = re.sub("service", "servixe", plain, flags=re.IGNORECASE)
    if other == plain:
        return
    try:
        Store().query(other, prefixes=PREFIXES)
    except SyntaxError as error:
        # The engine stops in or behind a word that it does not know; else the fault is another.
        before, _, behind = _before(other, str(error)).rpartition("servixe")
        if _BEHIND_SERVICE.fullmatch(behind) and not before.endswith(("?", "$")):
            raise LdnKgError(
                "The query calls another host by SERVICE, which only --allow-service allows."
            ) from error
        raise LdnKgError(syntax_message(plain, str(error))) from error
    except (OSError, RuntimeError, ValueError):
        return  # its syntax is right; what else is wrong is said when it is asked


def _before(sparql: str, message: str) -> str:
    """Return the text up to where the engine found the fault of syntax."""
    where = _POSITION.match(message)
    if not where:
        return sparql
    lines = sparql.split("\n")[: int(where[1])]
    return "\n".join([*lines[:-1], lines[-1][: int(where[2]) - 1]])


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def syntax_message(sparql: str, message: str) -> str:
    """Return the sentence for a syntax error of the engine, with its position."""
    code = _OPAQUE.sub(" ", sparql)
    body = re.sub(r"(?i)\bprefix\s++[\w.-]*+\s*+:|\bbase\b", " ", code).split()
    if body and body[0].upper() in _UPDATES:
        return f"{body[0].upper()} is SPARQL Update, which would change data; ldn-kg only reads."
    where = _POSITION.match(message)
    if where:
        return f"SPARQL syntax error at line {where[1]}, column {where[2]}: {where[3]}."
    return f"SPARQL syntax error: {message}."
