"""Search: what is found by which words, in which order. The terminal, the site and agents share it.

The entries, their weights and the `RULES` are computed here and nowhere else. Here they are matched
with RapidFuzz, in a browser with MiniSearch, by the same formula; a test compares the two.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import NamedTuple

from pyoxigraph import NamedNode
from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import extract

from ldn_kg.errors import LdnKgError
from ldn_kg.graph.dataset import Dataset, expect_dataset
from ldn_kg.graph.names import plain
from ldn_kg.graph.namespaces import KINDS, LDN, iri, shorten
from ldn_kg.graph.questions import questions
from ldn_kg.graph.synthesis.words import people_words
from ldn_kg.read.record import is_whole, kind
from ldn_kg.read.trials import studies

SEARCHED = (*KINDS, "concept", "question")  # the kinds of what is found
RULES = {
    "label": 3.0,  # how much more a word counts in a label or another name than in a title
    "names": 3.0,
    "exact": 8.0,  # the words are a whole name, or begin the label
    "begins": 2.0,
    "asTyped": 1.2,  # they are the label with its punctuation, too
    "fuzzy": 0.2,  # mistakes for each letter of a word; none in numbers and short words
    "short": 4,
    "asPrefix": 0.375,  # what the begin of a word counts, and a word with mistakes
    "asFuzzy": 0.45,
}
# What people look for comes before what it is made of.
_WEIGHTS = {
    "condition": 4.0, "symptom": 2.5, "drug": 2.5, "target": 2.0, "study": 1.6, "question": 1.4,
    "guidance": 1.2, "publication": 0.8, "claim": 0.8, "synthesis": 0.7, "dose": 0.7,
    "instrument": 0.6, "source": 0.6, "concept": 0.2,
}  # fmt: skip
# Claims on benefit and harm come first, then those on mechanisms; of both those on low doses.
_CLAIMS = {"EfficacyClaim": 2.0, "SafetyClaim": 2.0, "MechanismClaim": 1.5}
_LOW_DOSE = 1.4
# What people call a subject, and the questions on it. The site has a page for each.
TOPICS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "conditions": (("diseases", "indications"), ("efficacy",)),
    "harms": (
        ("harms", "side effects", "adverse events", "safety", "interactions with opioids"),
        ("harms-table", "harms-against-placebo", "harms"),
    ),
    "doses": (("dosage", "dosing", "titration", "how much"), ("doses-by-condition", "titration")),
    "mechanism": (("how it works", "mode of action"), ("mechanisms", "mechanisms-in-people")),
    "studies": (("trials",), ("trials",)),
    "claims": (("statements",), ("claims",)),
    "method": (("method", "rules", "how certain", "grading", "GRADE"), ("certainty",)),
    "changes": (("news", "changelog", "what is new"), ()),
}
_LABELS = tuple(map(iri, ("rdfs:label", "skos:prefLabel", "dcterms:title")))
_NAMES = tuple(
    map(iri, ("skos:altLabel", "skos:hiddenLabel", "schema:identifier", "bibo:doi", "bibo:pmid"))
)
_WORDS = tuple(map(iri, ("dcterms:title", "ldn:authorList")))
# By these a record has the names of another as well: a study those of its papers, a claim those of
# what it is about, such as the short name of a target.
_ALSO = tuple(map(iri, ("ldn:publication", "rdf:subject", "rdf:object")))
# What is known, in a few words. A condition and a harm have that of the claim on them.
_STATUS = """
SELECT ?record ?status ?certainty ?level ?answer
WHERE {
  ?record ldn:status/skos:prefLabel ?status .
  OPTIONAL { ?record ldn:certainty/skos:prefLabel ?certainty }
  OPTIONAL { ?record ldn:evidenceLevel/skos:notation ?level }
  OPTIONAL { ?record ldn:answer ?answer }
}
"""
# Low doses of naltrexone in everybody come first; another claim is named, so that its status is
# not taken for theirs.
_ABOUT = """
SELECT ?about ?claim ?label ?main ?answer
WHERE {
  ?claim a ldn:Claim ; rdf:object ?about ; rdfs:label ?label .
  OPTIONAL { ?claim ldn:answer ?answer }
  BIND(
    EXISTS { ?claim ldn:doseCategory ldnc:low-dose }
    && EXISTS { ?claim rdf:subject drug:naltrexone }
    && !EXISTS { ?claim ldn:population ?population }
    && !EXISTS { ?claim ldn:route ?route }
  AS ?main)
}
ORDER BY ?main DESC(?label) DESC(?claim)
"""
_OTHERS = """
SELECT ?record ?retracted ?words ?year ?sentence
WHERE {
  { ?record a ldn:Publication OPTIONAL { ?record ldn:journal ?words } }
  UNION { ?record ldn:stance/skos:prefLabel ?words }
  UNION {
    ?record ldn:exclusionReason/skos:prefLabel ?why
    BIND(CONCAT("looked at and not taken: ", ?why) AS ?words)
  }
  UNION {
    ?record a ldn:Search ; ldn:searchedOn ?on
    BIND(CONCAT("searched on ", STR(?on)) AS ?words)
  }
  OPTIONAL { ?record ldn:retracted true BIND("retracted" AS ?retracted) }
  OPTIONAL { ?record dcterms:issued ?issued BIND(SUBSTR(STR(?issued), 1, 4) AS ?year) }
  OPTIONAL { ?record dcterms:description ?sentence }
}
ORDER BY ?record DESC(?words)
"""
_MOST = 3  # names that are said where nothing is found
_ALIKE = 60  # in percent, by the letters that are not in common
Said = dict[str, tuple[str, str]]  # what is known of a record: in a few words, and in a sentence


class Entry(NamedTuple):
    """What can be found: a record, or a named question.

    `iri` is the IRI of a record, "" for a question; `name` is what other commands take: a prefixed
    name, or that of the question. `names` are other names in full, `words` further texts to search
    in. `status` says in a few words what is known, `sentence` at length; each may be "".
    `weight` says how much more than others people look for it.
    """

    iri: str
    name: str
    kind: str
    label: str
    names: tuple[str, ...] = ()
    words: str = ""
    status: str = ""
    sentence: str = ""
    weight: float = 1.0


@dataclass(frozen=True)
class Found:
    """What was found, best first.

    `total` counts all hits, of which `hits` are the first; `complete` is false where nothing has
    all of the words, and `hits` have some; `near` are prefixed names near to the words, where
    nothing has any. It is iterated as its hits.
    """

    words: str
    hits: tuple[Entry, ...]
    total: int
    complete: bool
    near: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Entry]:
        """Yield the hits."""
        return iter(self.hits)

    def __len__(self) -> int:
        """Return how many hits are told."""
        return len(self.hits)

    def __str__(self) -> str:
        """Say in a sentence how much was found."""
        if not self.total:
            hint = f" Did you mean {' or '.join(self.near)}?" if self.near else ""
            return f"Nothing is called {self.words!r} or like it.{hint}"
        of = f"{len(self.hits)} of {self.total}" if self.total > len(self.hits) else f"{self.total}"
        plural = "" if self.total == 1 else "s"
        if not self.complete:
            return f"Nothing has all of these words; {of} hit{plural} with some."
        return f"{of} hit{plural}."


def search(
    dataset: Dataset, words: str, *, kind: str | None = None, limit: int | None = None
) -> Found:
    """Find records and named questions by words: names, synonyms, authors, identifiers.

    Capitals, accents and punctuation make no difference, a word may be cut off or misspelt, and
    nothing is right about a number that is nearly the same. `kind` is one of `SEARCHED`. Raises
    LdnKgError for an unknown kind, for no words, and for a limit below 1.
    """
    return Search(dataset).find(words, kind=kind, limit=limit)


class Search:
    """The search in one dataset, for whoever searches more than once."""

    def __init__(self, dataset: Dataset) -> None:
        """Keep the dataset; nothing is looked up yet."""
        expect_dataset(dataset)
        self._dataset = dataset

    @cached_property
    def _index(self) -> "Index":
        return Index(_kept(self._dataset))

    def find(self, words: str, *, kind: str | None = None, limit: int | None = None) -> Found:
        """Return what `search` does."""
        if not isinstance(words, str) or not plain(words):
            raise LdnKgError(f"{words!r} has no letter and no digit to search for.")
        if kind is not None and kind not in SEARCHED:
            raise LdnKgError(f"There is no kind {kind!r}; the kinds are {', '.join(SEARCHED)}.")
        if limit is not None and limit < 1:
            raise LdnKgError(f"A limit is a number from 1, not {limit}.")
        found, complete = self._index.find(words)
        hits = [entry for entry in found if kind in (None, entry.kind)]
        close = [] if hits else [e for e in self._index.near(words) if kind in (None, e.kind)]
        names = tuple(entry.name for entry in close[:_MOST])
        return Found(words, tuple(hits[:limit]), len(hits), complete, names)


# What is searched


def _kept(dataset: Dataset) -> list[Entry]:
    """Return what can be found, which takes long to gather: from what was kept, if it was."""

    def gathered() -> bytes:
        return json.dumps([entry._asdict() for entry in entries(dataset)]).encode()

    content = dataset.kept("search.json", gathered)
    return [Entry(**{**one, "names": tuple(one["names"])}) for one in json.loads(content)]


def entries(dataset: Dataset) -> list[Entry]:
    """Return what can be found: each record that is a whole, and each named question."""
    labels, names, words = (_texts(dataset, p) for p in (_LABELS, _NAMES, _WORDS))
    also = _texts(dataset, _ALSO)
    about = dataset.rows(_ABOUT)
    said = {**_of_studies(dataset), **_of_others(dataset), **_of_claims(dataset, about)}
    main = {row["claim"] for row in about if row["main"] == "true"}
    harms = ", ".join(TOPICS["harms"][0])

    def entry(record: str, classes: set[str]) -> Entry:
        own = {name for each in (record, *also.get(record, ())) for name in names.get(each, ())}
        further = [*dict.fromkeys(words.get(record, ()))]
        if "SafetyClaim" in classes:
            further.append(harms)
        own_kind, name = kind(record), shorten(record)
        label = labels.get(record, [name])[0]
        return Entry(
            record,
            name,
            own_kind,
            label,
            tuple(sorted(own)),
            " ".join(text for text in further if text not in own and text != label),
            *said.get(record, ("no claim on benefit" if own_kind == "condition" else "", "")),
            _weight(own_kind, classes) * (_LOW_DOSE if record in main else 1.0),
        )

    return [*(entry(record, classes) for record, classes in _wholes(dataset)), *_questions()]


def _weight(kind: str, classes: set[str]) -> float:
    return max((_CLAIMS.get(name, 0.0) for name in classes), default=0.0) or _WEIGHTS.get(kind, 1.0)


def _wholes(dataset: Dataset) -> list[tuple[str, set[str]]]:
    """Return the records that are a whole, sorted, each with the local names of its classes."""
    classes: dict[str, set[str]] = {}
    for quad in dataset.store.quads_for_pattern(None, iri("rdf:type"), None, None):
        record, name = quad.subject.value, quad.object.value  # type: ignore[union-attr]
        classes.setdefault(record, set()).add(name.removeprefix(LDN))
    ours = ((r, classes[r]) for r in classes if kind(r) and "#" not in r)
    return sorted((record, has) for record, has in ours if is_whole(record, has))


def _texts(dataset: Dataset, properties: Iterable[NamedNode]) -> dict[str, list[str]]:
    """Map each record to the texts that it has by some properties, in their order."""
    texts: dict[str, list[str]] = {}
    for name in properties:
        of_one: dict[str, list[str]] = {}
        for quad in dataset.store.quads_for_pattern(None, name, None, None):
            value: str = quad.object.value  # type: ignore[union-attr]  # of a literal or an IRI
            of_one.setdefault(quad.subject.value, []).append(value)  # type: ignore[union-attr]
        for record, found in of_one.items():
            texts.setdefault(record, []).extend(sorted(found))
    return texts


def _of_claims(dataset: Dataset, about: list[dict[str, str]]) -> Said:
    """Return what is known on claims, syntheses, and what claims on benefit and harm are about."""
    said: Said = {}
    for row in dataset.rows(_STATUS):
        certainty = f"{row['certainty']} certainty" if row["certainty"] else ""
        level = f"level {row['level']}" if row["level"] else ""
        words = ", ".join(filter(None, (row["status"], certainty, level)))
        said[row["record"]] = words, row["answer"]
    for row in about:  # the last is the main one
        if row["answer"]:
            words, sentence = said[row["claim"]]
            words = words if row["main"] == "true" else f"{row['label']}: {words}"
            said[row["about"]] = words, sentence
    return said


def _of_studies(dataset: Dataset) -> Said:
    """Return what each study is: its design, people and year, and whether it was retracted."""
    said = {}
    for study in studies(dataset):
        people = people_words(study.people) if study.people else ""
        if study.awaited:
            people = f"{study.planned} people planned" if study.planned else "no result published"
        first = "retracted" if study.retracted else ""
        said[study.iri] = ", ".join(filter(None, (first, study.design, people, study.year))), ""
    return said


def _of_others(dataset: Dataset) -> Said:
    said = {}
    for row in dataset.rows(_OTHERS):  # of several, the first by its words
        words = ", ".join(filter(None, (row["retracted"], row["words"], row["year"])))
        said[row["record"]] = words, row["sentence"]
    return said


def _questions() -> Iterator[Entry]:
    for question in questions().values():
        names = [n for also, asked in TOPICS.values() if question.name in asked for n in also]
        yield Entry(
            "", question.name, "question", question.words, tuple(names), weight=_WEIGHTS["question"]
        )


# How it is matched


@dataclass
class Index:
    """The words of entries, and where each stands."""

    entries: list[Entry]
    places: dict[str, list[dict[int, int]]] = field(default_factory=dict)
    lengths: list[list[int]] = field(default_factory=lambda: [[], [], []])

    def __post_init__(self) -> None:
        """Count the words of each entry, in its label, its names and its other words."""
        self._named = [_named(entry) for entry in self.entries]
        for number, (entry, names) in enumerate(zip(self.entries, self._named, strict=True)):
            texts = (names[0], " ".join(names[1:]), plain(entry.words))
            for part, text in enumerate(texts):
                counted = Counter(text.split())
                self.lengths[part].append(len(counted))
                for word, times in counted.items():
                    self.places.setdefault(word, [{}, {}, {}])[part][number] = times
        self._average = [sum(part) / len(self.entries) for part in self.lengths]

    def find(self, words: str) -> tuple[list[Entry], bool]:
        """Return the entries that have all of the words, and True; or some, and False."""
        fits = [self._fits(word) for word in dict.fromkeys(plain(words).split())]
        complete = set.intersection(*map(set, fits)) if fits else set()
        scores = {
            number: sum(fit.get(number, 0.0) for fit in fits)
            * sum(number in fit for fit in fits)
            * self._boost(number, words)
            for number in complete or set().union(*fits)
        }
        order = sorted(scores, key=lambda number: (-round(scores[number], 6), number))
        return [self.entries[number] for number in order], bool(complete)

    def near(self, words: str) -> list[Entry]:
        """Return the entries of which a name is like the words as a whole, the likest first."""
        named = {(n, name): name for n, names in enumerate(self._named) for name in names}
        like = extract(plain(words), named, scorer=ratio, score_cutoff=_ALIKE, limit=None)
        return [self.entries[number] for number in dict.fromkeys(key[0] for *_, key in like)]

    def _fits(self, word: str) -> dict[int, float]:
        """Return how well each entry fits one word: by BM25, as MiniSearch reckons it."""
        fits: dict[int, float] = {}
        boosts = (RULES["label"], RULES["names"], 1.0)
        for known, weight in self._like(word).items():
            for part, times in enumerate(self.places[known]):
                rarity = log(1 + (len(self.entries) - len(times) + 0.5) / (len(times) + 0.5))
                for number, count in times.items():
                    length = self.lengths[part][number] / self._average[part]
                    fit = 0.5 + count * 2.2 / (count + 1.2 * (0.3 + 0.7 * length))
                    fits[number] = fits.get(number, 0.0) + weight * boosts[part] * rarity * fit
        return fits

    def _boost(self, number: int, words: str) -> float:
        entry, names, wanted = self.entries[number], self._named[number], plain(words)
        if entry.label.lower() == words.strip().lower():
            return entry.weight * RULES["exact"] * RULES["asTyped"]
        begins = RULES["begins"] if names[0].startswith(wanted) else 1.0
        return entry.weight * (RULES["exact"] if wanted in names else begins)

    def _like(self, word: str) -> dict[str, float]:
        """Map the words that are, begin with or are like a word to what each counts."""
        like = {}
        if len(word) >= RULES["short"] and not any(map(str.isdigit, word)):
            mistakes = int(RULES["fuzzy"] * len(word) + 0.5)
            found = extract(word, list(self.places), scorer=Levenshtein.distance,
                            score_cutoff=mistakes, limit=None)  # fmt: skip
            like = {k: RULES["asFuzzy"] * len(k) / (len(k) + away) for k, away, _ in found}
        for known in self.places:
            if known.startswith(word):
                longer = 0.3 * (len(known) - len(word))
                like[known] = RULES["asPrefix"] * len(known) / (len(known) + longer)
        return like | {word: 1.0} if word in self.places else like


def _named(entry: Entry) -> list[str]:
    """Return all by which an entry is called, made plain, its label first."""
    return [plain(name) for name in (entry.label, *entry.names, entry.name)]
