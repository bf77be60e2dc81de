"""XML before the RDF parser sees it: well-formed, RDF/XML, and not larger than it looks.

Oxigraph reads what is cut off as if it were whole, and a web page as no triples; it expands
entities without a limit, and reads `<!ENTITY` by rules of its own. So a parser of XML is asked
first: expat, of the standard library, which fetches nothing.
"""

import re
from collections import Counter
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from ldn_kg.errors import LdnKgError

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# RDF"
_LONGEST = 300  # characters of an entity; those for namespaces are short
_GROWTH, _FREE = 10, 100_000  # how often its own length a file may become, and what any file may


def expect_harmless(path: Path, content: str) -> None:
    """Raise LdnKgError where a file is not well-formed XML, is no RDF/XML, or grows as it is read.

    A sentence about what is not well-formed has its line and column. The root is rdf:RDF.
    Entities stand for plain text in the file itself. One that holds entities or mark-up, is long,
    is declared twice, or lies elsewhere is refused, and so is a file whose entities make it ten
    times as long.
    """
    entities = _Entities(path, content)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = entities.begin
    parser.EntityDeclHandler = entities.declare
    root: list[str] = []
    parser.StartElementHandler = lambda name, _: root.append(name)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        cut_off = error.code == expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS]
        why = "it ends too early" if cut_off else expat.ErrorString(error.code)
        raise LdnKgError(
            f"{path}:{error.lineno}:{error.offset + 1}: this is not well-formed XML: {why}."
        ) from error
    entities.end()
    if root[0] != _RDF:
        name = root[0].rpartition(" ")[2]
        kind = "a web page" if name.lower() == "html" else "no RDF/XML"
        raise LdnKgError(f"{path}: this is {kind}: its root is <{name}> and not <rdf:RDF>.")


class _Entities:
    """Looks at the entities that a file declares, before they are expanded."""

    def __init__(self, path: Path, content: str) -> None:
        self._path, self._content = path, content
        self._uses: Counter[str] | None = None  # of each name, where the file may declare any
        self._declared = self._expanded = 0

    def begin(self, *_: object) -> None:
        self._uses = Counter(re.findall("&([^&;<]++);", self._content))

    def declare(self, name: str, is_parameter: bool, value: str | None, *_: object) -> None:
        self._declared += 1
        if is_parameter:
            self._refuse(f"%{name}; is an entity for declarations, and is not read")
        if value is None:
            self._refuse(f"the entity {name} lies elsewhere, and is not read")
        if "&" in value or "<" in value:
            self._refuse(f"the entity {name} holds entities or mark-up, and is not expanded")
        if len(value) >= _LONGEST:
            self._refuse(f"the entity {name} is {len(value)} characters long, and is not expanded")
        self._expanded += len(value) * (self._uses or Counter())[name]
        if self._expanded > _GROWTH * len(self._content) + _FREE:
            self._refuse(f"its entities make it more than {_GROWTH} times as long")

    def end(self) -> None:
        """Refuse what Oxigraph also takes for a declaration: one in a comment, a second one."""
        if self._uses is not None and self._content.count("<!ENTITY") > self._declared:
            self._refuse("<!ENTITY stands in a comment or text, or declares a name again")

    def _refuse(self, why: str) -> NoReturn:
        raise LdnKgError(f"{self._path}: {why}. Write the text itself in its place.")
