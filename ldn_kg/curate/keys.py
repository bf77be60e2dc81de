"""The key of a study: first author and year, or its registration, in ASCII lower case."""

import re
import unicodedata
from string import ascii_lowercase

from ldn_kg.check.place import file_of
from ldn_kg.curate.bibliography import Reference, family
from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset
from ldn_kg.graph.namespaces import iri

# Letters that Unicode does not decompose into one of ASCII and a mark.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae"})
_KEY = re.compile(r"[a-z][a-z0-9_]*[a-z0-9]")
_LONGEST = 64


def check_key(dataset: Dataset, key: str) -> str:
    """Return a key that a new study may have.

    Raises LdnKgError where it is no safe name for a file and an IRI, and where a study or a
    publication has it, with the file.
    """
    if not _KEY.fullmatch(key) or len(key) > _LONGEST:
        raise LdnKgError(
            f"{key!r} is not a safe key. Use lower-case letters from a to z, digits and "
            f"underscores, a letter first and at most {_LONGEST} in all, such as younger2013."
        )
    for name in (f"study:{key}", f"publication:{key}"):
        if _is_taken(dataset, name):
            file = file_of(dataset.files, iri(name).value)
            where = f" in {file}" if file else ""
            raise LdnKgError(f"{name} is there already{where}; give the new study another key.")
    return key


def propose_key(dataset: Dataset, reference: Reference) -> str:
    """Return the key that the conventions give a study, with the next letter where it is taken.

    Raises LdnKgError where neither first author and year nor a registration are known.
    """
    if reference.authors and reference.year:
        key = _ascii(family(reference.authors[0])) + reference.year
    else:
        key = _ascii(reference.registrations[0]) if reference.registrations else ""
    if not _KEY.fullmatch(key):
        raise LdnKgError(
            "Give the study a KEY, such as younger2013: no first author with a year and no "
            "registration is known to make one of."
        )
    for letter in ("", *ascii_lowercase[1:]):
        if not any(
            _is_taken(dataset, f"{kind}:{key}{letter}") for kind in ("study", "publication")
        ):
            return f"{key}{letter}"
    raise LdnKgError(f"All keys from {key} to {key}z are taken; give the study a KEY.")


def _ascii(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.lower().translate(_LETTERS))
    return "".join(re.findall(r"[a-z0-9]", letters))


def _is_taken(dataset: Dataset, name: str) -> bool:
    return next(dataset.about(iri(name)), None) is not None
