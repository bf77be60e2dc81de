"""ROBOT, by which ontologies are checked and reasoned over; .ci/install-robot brings it."""

import os
import subprocess
from pathlib import Path

import pytest

from support.paths import ROOT
from support.servers import SHORT_LIVED, _java

JARS = ROOT / ".stores" / "robot"
_MAIN = "org.obolibrary.robot.CommandLineInterface"
_PATIENCE = 300  # seconds; it takes about ten

Done = subprocess.CompletedProcess[str]


def require() -> str:
    """Return the Java that runs ROBOT; skip the test, or fail it where it must be there."""
    java = _java()
    if java and [*JARS.glob("robot-command-*.jar")]:
        return str(java)
    reason = "ROBOT, with Java 21 or later, is not installed; .ci/install-robot installs it"
    if os.environ.get("LDN_KG_TOOLS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)


def robot(*words: str | Path, cwd: Path) -> Done:
    """Run ROBOT's commands, one after the other, in one Java."""
    command = [require(), *SHORT_LIVED, "-cp", f"{JARS}/*", _MAIN, *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=_PATIENCE)
