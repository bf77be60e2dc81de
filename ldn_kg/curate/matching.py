"""Whether a bibliographic record is of a publication or a trial that is known already.

An identifier that two records share tells it, unless their titles are altogether unlike; so do
volume, first page and year, and a title with year and authors. A title alone, or with one of the
two, makes it probable, which is said and left to a person. Records whose identifiers differ are
never taken for the same, whatever their titles.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from ldn_kg.curate.bibliography.reference import Reference, family
from ldn_kg.curate.bibliography.titles import on_another, without_marks
from ldn_kg.graph.identifiers import normal
from ldn_kg.graph.names import plain

# Of 100. Titles of different papers in the dataset are at most 89 alike, by the same people in the
# same year at most 80; misprints, lost accents and entities leave 92 and more.
_NEAR, _SAME = 92, 97
_UNLIKE = 75  # of 100: titles of one paper share more words, however they are written
_FEWEST = 4  # words: a shorter title may be that of many papers
_LONG = 25  # letters: a title that is cut off names its paper from here
_RAREST = 6  # words of a title by which others are sought
_LETTERS = 4  # such a word has at least
_APART = 1  # years between the first publication and that of the issue
_ALIKE = 85  # family names, of 100
# A protocol is not its trial, a reply not what it replies to, an update not the first report.
_OTHER = (
    r"\b(?:protocol|reply|response to|comment on|commentary|additional|updated?|follow up|extension"
    r"|i{1,3}|iv)\b"
)
_TELLING = re.compile(rf"{_OTHER}|\d+")
IDENTIFIERS = {
    "doi": "DOI",
    "pmid": "PubMed identifier",
    "pmcid": "PMC identifier",
    "registration": "registration",
}


@dataclass(frozen=True)
class Entry:
    """A record to compare with: its name, what it says, and the studies that it is of.

    `kind` is "publication", "registration" (a study that has no publication), "exclusion", or
    "record" for one of a file.
    """

    name: str
    kind: str
    reference: Reference
    studies: tuple[str, ...] = ()
    retracted: bool = False


@dataclass(frozen=True)
class Match:
    """The entries that a record is the same as, by what, and whether that is sure or probable."""

    entries: tuple[Entry, ...]
    by: str
    sure: bool = True

    @property
    def entry(self) -> Entry:
        """Return the first of the entries: a registration may be that of several studies."""
        return self.entries[0]


class Known:
    """Entries, found again by identifiers, by volume and page, and by the words of their titles."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Keep some entries."""
        self._by: dict[Hashable, list[Entry]] = {}
        self._by_word: dict[str, list[Entry]] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Keep an entry."""
        for key in (*_keys(entry.reference), *_places(entry.reference)):
            self._by.setdefault(key, []).append(entry)
        for word in {*_words(entry.reference.title)}:
            self._by_word.setdefault(word, []).append(entry)

    def match(self, reference: Reference) -> Match | None:
        """Return what a record is the same as, or None; what is sure goes before the probable.

        A registration tells it of the entry of a registry only: a publication may name that of
        another report of the trial, or of a trial that it reviews.
        """
        for key in _keys(reference):
            if key[0] != "registration" or reference.entry:
                entries = tuple(dict.fromkeys(self._by.get(key, ())))
                if entries:
                    sure = any(not _unlike(reference, entry.reference) for entry in entries)
                    return Match(entries, IDENTIFIERS[key[0]], sure)
        if reference.entry:
            return None
        for place in _places(reference):
            for entry in self._by.get(place, ()):
                if not _differ(reference, entry.reference) and _same_people(
                    reference, entry.reference
                ):
                    return Match((entry,), "volume, page and year")
        return self._by_title(reference)

    def registered(self, reference: Reference) -> tuple[Entry, ...]:
        """Return the entries that have one of the registrations that a record names."""
        keys = [key for key in _keys(reference) if key[0] == "registration"]
        return tuple(dict.fromkeys(entry for key in keys for entry in self._by.get(key, ())))

    def with_title(self, reference: Reference) -> tuple[Entry, ...]:
        """Return entries with the same title, also those of another year or with other numbers."""
        return tuple(
            entry
            for entry in self._alike(reference)
            if likeness(reference.title, entry.reference.title) >= _SAME
        )

    def _by_title(self, reference: Reference) -> Match | None:
        found: list[tuple[bool, float, Match]] = []
        for entry in self._alike(reference):
            by = _same(reference, entry.reference)
            if by:
                score = likeness(reference.title, entry.reference.title)
                found.append((by == _ALL, score, Match((entry,), by, sure=by == _ALL)))
        return max(found, key=lambda match: match[:2])[2] if found else None

    def _alike(self, reference: Reference) -> Iterator[Entry]:
        """Yield entries that share two of the rarest words of a title, or one if it is all."""
        postings = [p for word in {*_words(reference.title)} if (p := self._by_word.get(word))]
        rarest = sorted(postings, key=len)[:_RAREST]
        shared = Counter(entry.name for entries in rarest for entry in entries)
        once = {entry.name: entry for entries in rarest for entry in entries}
        yield from (once[name] for name, count in shared.items() if count > 1 or len(rarest) == 1)


_ALL = "title, year and authors"


def _same(one: Reference, other: Reference) -> str | None:
    """Return by what a record is of the same publication as another whose title is like it."""
    years = _same_year(one, other)
    if years is False or _differ(one, other):
        return None
    score = likeness(one.title, other.title)
    if score < _NEAR and not _is_short_for(one.title, other.title):
        return None
    people = _same_people(one, other)
    if people is False:
        return None
    if min(len(_bare(told.title or "").split()) for told in (one, other)) < _FEWEST:
        return "title and authors" if people and score >= _SAME else None
    if years and people:
        return _ALL
    if score < _SAME and not (years or people):
        return None
    told = [name for name, same in (("year", years), ("authors", people)) if same]
    return " and ".join(["title", *told])


def _differ(one: Reference, other: Reference) -> bool:
    """Tell whether both have an identifier of one kind, and not the same."""
    ours, theirs = dict(_keys(one)), dict(_keys(other))
    both = ours.keys() & theirs.keys() & {"doi", "pmid", "pmcid"}
    return any(ours[kind] != theirs[kind] for kind in both)


def _unlike(one: Reference, other: Reference) -> bool:
    """Tell whether two titles cannot be of one paper: an identifier is typed wrongly, or shared.

    Abstracts of a conference may all have the DOI of their issue. The title of a registration is
    not that of its publication.
    """
    if one.entry or not (one.title and other.title):
        return False
    return fuzz.token_set_ratio(_bare(one.title), _bare(other.title)) < _UNLIKE


def _same_year(one: Reference, other: Reference) -> bool | None:
    if not (one.year and other.year):
        return None
    return abs(int(one.year) - int(other.year)) <= _APART


def _same_people(one: Reference, other: Reference) -> bool | None:
    """Tell whether the first author of one is among those of the other; None is not known."""
    ours, theirs = _families(one), _families(other)
    if not (ours and theirs):
        return None
    pairs = [(ours[0], names) for names in theirs] + [(theirs[0], names) for names in ours]
    return any(fuzz.ratio(a, b) >= _ALIKE for first, names in pairs for a in first for b in names)


def _families(reference: Reference) -> list[list[str]]:
    """Return, for each author, what may be the family name: the last word of one written out."""
    found = []
    for author in reference.authors:
        name = family(author)
        names = [name, author.split()[-1]] if name == author and " " in author else [name]
        plain_names = [plain(told).replace(" ", "") for told in names]
        if plain_names[0] not in ("", "etal"):
            found.append(plain_names)
    return found


def likeness(one: str | None, other: str | None) -> float:
    """Return how alike two titles are, from 92 to 100; 0 for less, and where they tell apart.

    What tells papers apart is numbers, and words such as "protocol" or "reply".
    """
    if not (one and other):
        return 0
    a, b = _bare(one), _bare(other)
    alike = max(
        fuzz.ratio(a, b, score_cutoff=_NEAR), fuzz.token_sort_ratio(a, b, score_cutoff=_NEAR)
    )
    if not alike or bool(on_another(one)) != bool(on_another(other)):
        return 0
    return alike if sorted(_TELLING.findall(a)) == sorted(_TELLING.findall(b)) else 0


def _is_short_for(one: str | None, other: str | None) -> bool:
    """Tell whether a title is the other without its subtitle, or without its end."""
    if not (one and other) or bool(on_another(one)) != bool(on_another(other)):
        return False
    short, long = sorted((one, other), key=len)
    cut = re.search(r"(?:(?<!\s)\s++)?(?:(?<!\.)\.{2,}|…)$", short)
    if cut:
        begun = _bare(short[: cut.start()])
        return len(begun) >= _LONG and _bare(long).startswith(begun)
    mains = [
        _bare(long[: mark.start()])
        for mark in re.finditer(r"[:.?!;]\s|\s[-–—(]", long)
        if not re.search(_OTHER, _bare(long[mark.start() :]))
    ]
    bare = _bare(short)
    return len(bare.split()) >= _FEWEST and any(fuzz.ratio(bare, main) >= _SAME for main in mains)


@lru_cache(maxsize=100_000)
def _bare(title: str) -> str:
    return plain(without_marks(title))


def _words(title: str | None) -> list[str]:
    """Return the words of a title by which others like it are found; a short title is one word."""
    bare = _bare(title or "")
    words = bare.split()
    if len(words) < _FEWEST:
        return [bare] if bare else []
    return [word for word in words if len(word) >= _LETTERS] or words


def _keys(reference: Reference) -> Iterator[tuple[str, str]]:
    """Yield each identifier with its kind, in its normal form."""
    for kind, said in (
        ("doi", reference.doi),
        ("pmid", reference.pmid),
        ("pmcid", reference.pmcid),
    ):
        if said:
            yield kind, normal(said)
    for number in reference.registrations:
        yield "registration", registration_key(number)


def _places(reference: Reference) -> Iterator[tuple[str, str, str, str]]:
    """Yield where in print a publication stands: volume, first page, and the years it may be of."""
    first = (reference.pages or "").partition("-")[0].lower()
    if reference.volume and first and reference.year:
        yield "place", reference.volume.lower(), first, reference.year


def registration_key(number: str) -> str:
    """Return a registration as letters and digits, also one of a registry that is not known.

    The EU's number is one, whether EudraCT, EUCTR or CTIS writes it, with or without a country.
    """
    form = normal(number)
    european = re.fullmatch(r"(?:EudraCT|EU CT) (\d{4}-\d{6}-\d{2})(?:-\d\d)?", form)
    return re.sub(r"[^A-Z0-9]", "", (european[1] if european else form).upper())
