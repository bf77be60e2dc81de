"""Runs command lines of kgx, given as a list in JSON, without a network.

    .stores/kgx/bin/python .ci/kgx-offline.py '[["validate", "-i", "jsonl", "nodes.jsonl"]]'

kgx asks for the Biolink Model, for prefixes, and for a map of predicates that `validate` does not
use. The package biolink-model has the first two, of its own version. After the report of a command
on standard error, where kgx writes it, comes a line with its exit code.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import biolink_model
import bmt.toolkit
import requests

MODEL = Path(next(iter(biolink_model.__path__)))
SCHEMA = MODEL / "schema" / "biolink_model.yaml"
PREFIXES = MODEL / "prefixmaps" / "biolink_model_prefix_map.json"


def from_package(address: str, **_: object) -> SimpleNamespace:
    """Answer what kgx asks for, and nothing else."""
    if address == bmt.toolkit.PREDICATE_MAP:
        return SimpleNamespace(text="{}")
    if address.startswith("https://raw.githubusercontent.com/biolink/biolink-model/"):
        return SimpleNamespace(json=lambda: json.loads(PREFIXES.read_text(encoding="utf-8")))
    raise OSError(f"kgx asks for {address}")


requests.get = from_package
bmt.toolkit.Toolkit.__init__.__defaults__ = (str(SCHEMA), bmt.toolkit.PREDICATE_MAP)

from kgx.cli import cli  # noqa: E402 - it asks for the model while it is imported

for command in json.loads(sys.argv[1]):
    try:
        cli(command)
    except SystemExit as end:
        sys.stderr.write(f"\nexit {end.code}\n")
