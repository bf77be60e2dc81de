"""The XML of PubMed: https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html.

Each article is parsed alone, without the document type before it: so nothing is fetched, no entity
can be declared, and what is malformed costs one record.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, fromstring

from ldn_kg.curate.bibliography.fields import person, reference_of, tidy
from ldn_kg.curate.bibliography.pubtypes import NOTICE_TYPES, retracted_types
from ldn_kg.curate.bibliography.reference import (
    CONCERN,
    CORRECTION,
    PARTIAL,
    RETRACTION,
    UPDATE,
    Malformed,
    Notice,
    Reference,
)

_ARTICLE = re.compile(r"(?=<(?:PubmedArticle|PubmedBookArticle)[\s>])")
_END = re.compile(r"</(?:PubmedArticle|PubmedBookArticle)\s*>")
# What is said of the record itself ends in `In`, what a notice says of another in Of, For or From.
_KINDS = {
    "Retraction": RETRACTION,
    "RetractedandRepublished": RETRACTION,
    "PartialRetraction": PARTIAL,
    "Erratum": CORRECTION,
    "CorrectedandRepublished": CORRECTION,
    "ExpressionOfConcern": CONCERN,
    "Update": UPDATE,
}


def read_pubmed(content: str) -> Iterator[Reference | Malformed]:
    """Yield each article or book. Raises Malformed where the text declares entities."""
    before, *articles = _ARTICLE.split(content)
    if "<!ENTITY" in before:
        raise Malformed(None, "declares entities, which PubMed does not; export it again")
    for number, article in enumerate(articles, 1):
        end = _END.search(article)
        if not end:
            yield Malformed(number, "has no end, </PubmedArticle>")
            continue
        try:
            tree = fromstring(article[: end.end()])
        except ParseError as error:
            yield Malformed(number, f"is no XML ({error})")
            continue
        yield _of_article(tree)


def _of_article(tree: Element) -> Reference:
    def get(*paths: str) -> str:
        found = (tree.find(path) for path in paths)
        return next((words for e in found if e is not None and (words := _text(e))), "")

    types = [_text(element) for element in tree.iter("PublicationType")]
    identifiers = {
        element.get("IdType"): _text(element)
        for place in (
            ".//PubmedData/ArticleIdList/ArticleId",
            ".//BookDocument/ArticleIdList/ArticleId",
        )
        for element in tree.findall(place)
    }
    numbers = [_text(e) for e in tree.findall(".//DataBank//AccessionNumber")]
    elocation = next((_text(e) for e in tree.iter("ELocationID") if e.get("EIdType") == "doi"), "")
    people = tree.find(".//AuthorList[@Type='authors']")
    if people is None:
        people = tree.find(".//AuthorList")
    return reference_of(
        authors=[_author(author) for author in people if author.tag == "Author"]
        if people is not None
        else (),
        said=[get(".//ArticleTitle"), *numbers],
        abstract=" ".join(_text(e) for e in tree.findall(".//Abstract/AbstractText")),
        notices=[*_notices(tree), *retracted_types(types)],
        is_notice=bool(NOTICE_TYPES.intersection(types)),
        title=get(".//Article/ArticleTitle", ".//BookDocument/ArticleTitle", ".//BookTitle"),
        journal=get(".//Journal/Title", ".//MedlineTA", ".//BookTitle"),
        year=get(
            ".//JournalIssue/PubDate/Year",
            ".//JournalIssue/PubDate/MedlineDate",
            ".//ArticleDate/Year",
            ".//Book/PubDate/Year",
        ),
        volume=get(".//JournalIssue/Volume"),
        issue=get(".//JournalIssue/Issue"),
        pages=get(".//Pagination/MedlinePgn", ".//Pagination/StartPage"),
        doi=identifiers.get("doi") or elocation,
        pmid=get("./MedlineCitation/PMID", "./BookDocument/PMID"),
        pmcid=identifiers.get("pmc"),
        isbn=get(".//Isbn"),
    )


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _author(author: Element) -> str:
    group = author.findtext("CollectiveName")
    if group:
        return group
    words = [author.findtext(part) or "" for part in ("LastName", "Initials", "Suffix")]
    return (
        " ".join(filter(None, words))
        if words[1]
        else person(words[0], author.findtext("ForeName") or "")
    )


def _notices(tree: Element) -> Iterator[Notice]:
    for comment in tree.iter("CommentsCorrections"):
        told = re.fullmatch(r"(\w+?)(In|Of|For|From)", comment.get("RefType") or "")
        kind = _KINDS.get(told[1]) if told else None
        cited = comment.findtext("RefSource") or ""
        pmid = (comment.findtext("PMID") or "").strip() or None
        doi = tidy("doi", cited) if "10." in cited else None
        if told and kind and told[2] == "In":
            yield Notice(kind)
        elif kind and (pmid or doi):
            yield Notice(kind, doi, pmid)
