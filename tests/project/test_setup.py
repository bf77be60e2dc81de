"""The set-up: what the locks pin, what builds the wheel, and what make says before it starts."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling import build as backend
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.paths import ROOT, TESTS

SCRIPTS = "ldn_kg/publish/site/static/vendor/LICENSES.txt"
USER, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
_ENTRY = re.compile(
    r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; [^\\\n]+)? \\\n"
    r"(?P<digests>(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
    r"(?P<via>(?:    #.*\n)*)",
    re.MULTILINE,
)
Pins = dict[tuple[str, str], set[str]]  # the digests of each (name, version)


def _text(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8") + "\n"


def _pins(lock: str) -> Pins:
    found = {
        (entry["name"], entry["version"]): set(re.findall(r"sha256:\w+", entry["digests"]))
        for entry in _ENTRY.finditer(_text(lock))
    }
    assert len(found) > 20, f"{lock} pins next to nothing"
    return found


def _asked(*groups: str) -> list[Requirement]:
    """Return what pyproject.toml asks for: the package with its extras, and the groups."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *(project["dependency-groups"][group] for group in groups),
    ]
    assert all(lists)
    return [Requirement(one) for several in lists for one in several]


# Locks


@pytest.mark.parametrize("lock", [USER, DEVELOPMENT])
def test_every_requirement_is_pinned_with_its_digests(lock: str) -> None:
    rest = _ENTRY.sub("", _text(lock))
    assert not [line for line in rest.splitlines() if line and not line.startswith("#")]
    assert all(_pins(lock).values())


@pytest.mark.parametrize(
    ("lock", "groups"),
    [(USER, ["build"]), (DEVELOPMENT, ["build", "dev"])],
    ids=[USER, DEVELOPMENT],
)
def test_a_lock_holds_what_pyproject_asks_for_and_no_more(lock: str, groups: list[str]) -> None:
    asked = {canonicalize_name(one.name): one for one in _asked(*groups)}
    locked = {
        entry["name"]
        for entry in _ENTRY.finditer(_text(lock))
        if "ldn-kg (pyproject" in entry["via"]
    }
    assert locked == asked.keys(), "make lock brings the locks up to date"
    versions = [(name, version) for name, version in _pins(lock) if name in asked]
    assert not [x for x in versions if not asked[x[0]].specifier.contains(x[1], prereleases=True)]


def test_the_locks_agree() -> None:
    user, development = _pins(USER), _pins(DEVELOPMENT)
    assert not {pin for pin, digests in user.items() if development.get(pin) != digests}
    assert not {"mypy", "pytest", "ruff"} & {name for name, _ in user}
    assert {"mypy", "pytest", "ruff"} <= {name for name, _ in development}


def test_dependencies_have_lower_bounds_and_stand_once() -> None:
    asked = _asked("build", "dev")
    assert all(re.fullmatch(r"[a-z0-9-]+(<[\d.]+,)?>=[\d.]+", str(one)) for one in asked)
    assert len({one.name for one in asked}) == len(asked)


# The build back end


def test_the_build_back_end_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pyproject.toml requires to build, and what the back end asks for besides."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    monkeypatch.chdir(ROOT)
    required = [
        Requirement(one)
        for one in (
            *project["build-system"]["requires"],
            *backend.get_requires_for_build_wheel(),
            *backend.get_requires_for_build_editable(),
        )
    ]
    assert {"hatchling", "editables"} <= {one.name for one in required}
    locked = dict(_pins(USER).keys())
    assert not [one for one in required if not one.specifier.contains(locked[one.name])]


def test_the_wheel_is_built_by_the_back_end_that_is_locked(tmp_path: Path) -> None:
    words = re.search(r"^\t\$\(BIN\)/hatchling (build .+) wheel$", _makefile(), re.MULTILINE)
    assert words, "make wheel does not run the back end"
    command = [sys.executable, "-m", "hatchling", *words[1].split(), str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (x for x in archive.namelist() if x.endswith(".dist-info/WHEEL"))
        made_by = re.search(r"^Generator: (.+)$", archive.read(name).decode(), re.MULTILINE)
    assert made_by
    assert tuple(made_by[1].split()) in _pins(USER)


def test_nothing_is_built_in_isolation() -> None:
    """In an isolated build pip fetches a back end of its own choice and checks no digest."""
    files = [ROOT / "Makefile", *(ROOT / ".ci").iterdir(), *(ROOT / ".github").rglob("*.yml")]
    lines = [
        line
        for path in files
        for line in path.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
        if re.search(r"\bpip\b|\$\(PIP\)|pip\[@\]|-m build|uv build", line)
    ]
    installed = re.compile(r"(?i:pip).* (?:install|sync) ")
    installs = [line for line in lines if installed.search(line) and "uv: pip" not in line]
    assert len(installs) >= 6
    safe = ("--only-binary :all:", "--no-build-isolation", '--no-deps "$wheel"')
    assert not [line for line in installs if not any(word in line for word in safe)]
    assert not [line for line in lines if re.search(r"pip\S* wheel|-m build|uv build", line)]


def _makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


# What make says before it starts


def _python(folder: Path, lie: str, venv: str = "exit 3") -> Path:
    """Write a Python that runs code after a lie, and for `-m venv` runs shell commands."""
    path = folder / "python"
    path.write_text(
        f'#!/bin/sh\n[ "$1" = -m ] && {{ {venv}\n}}\n'
        f"exec '{sys.executable}' -c 'import sys; {lie}; exec(sys.argv[2])' \"$@\"\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def _clone(folder: Path) -> Path:
    """Copy what make looks at to set up."""
    clone = folder / "clone"
    (clone / "data").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", USER, DEVELOPMENT, "data/dataset.ttl"):
        shutil.copy(ROOT / name, clone / name)
    return clone


def _make(clone: Path, *words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # `make test` may run this: the inner make is to know nothing of the outer one.
    outer = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS")
    return subprocess.run(
        ["make", *map(str, words)],
        cwd=clone,
        env={n: value for n, value in os.environ.items() if n not in outer} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ('sys.version_info = (3, 10, 2, "final", 0)', "is Python 3.10, and ldn-kg needs 3.11"),
        ('sys.modules["ensurepip"] = None', "has no venv or no ensurepip"),
        ('sys.modules["venv"] = None', "has no venv or no ensurepip"),
    ],
    ids=["too old", "without ensurepip", "without venv"],
)
@pytest.mark.parametrize("target", ["all", "develop", "wheel"])
def test_make_ends_at_once_with_a_python_that_will_not_do(
    lie: str, said: str, target: str, tmp_path: Path
) -> None:
    clone = _clone(tmp_path)
    (clone / SCRIPTS).parent.mkdir(parents=True)
    (clone / SCRIPTS).touch()  # so that nobody asks for npm
    done = _make(clone, target, f"PYTHON={_python(tmp_path, lie)}")
    assert done.returncode == 2
    assert said in done.stderr
    assert "make PYTHON=python3.12" in done.stderr
    assert done.stdout == ""
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("node", [None, "exit 1"], ids=["without", "too old"])
@pytest.mark.parametrize("target", ["scripts", "wheel"])
def test_make_ends_at_once_without_what_builds_the_scripts(
    target: str, node: str | None, tmp_path: Path
) -> None:
    clone, tools = _clone(tmp_path), tmp_path / "bin"
    tools.mkdir()
    for name in ("make", "sh", "test"):
        (tools / name).symlink_to(str(shutil.which(name)))
    if node:
        for name in ("node", "npm"):
            (tools / name).write_text(f"#!/bin/sh\n{node}\n", encoding="utf-8")
            (tools / name).chmod(0o755)
    (clone / "web").mkdir()
    for name in ("package-lock.json", "build.mjs"):
        (clone / "web" / name).touch()
    done = _make(clone, target, PATH=str(tools))
    assert done.returncode == 2
    assert "The scripts of the site need npm, with Node.js 20 or later" in done.stderr
    assert done.stdout == ""
    assert not (clone / ".venv").exists()


def test_make_ends_at_once_without_a_python(tmp_path: Path) -> None:
    done = _make(_clone(tmp_path), "PYTHON=no-such-python")
    assert done.returncode == 2
    assert "There is no no-such-python. Install Python" in done.stderr
    assert "make PYTHON=python3.12" in done.stderr


def test_an_install_that_was_cut_off_is_done_again(tmp_path: Path) -> None:
    """And one that was not is not, until the lock changes."""
    clone = _clone(tmp_path)
    pip = tmp_path / "pip"  # stands in for the Python of the environment, which runs pip
    pip.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    pip.chmod(0o755)
    made = f"echo made; rm -rf .venv; mkdir -p .venv/bin; cp '{pip}' .venv/bin/python; exit"
    words = (".venv/packages", f"PYTHON={_python(tmp_path, 'pass', made)}")

    failed = _make(clone, *words)
    assert (failed.returncode, failed.stdout.count("made")) == (2, 1)
    assert "can PyPI be reached?" in failed.stderr
    pip.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    assert _make(clone, *words).stdout.count("made") == 1
    assert _make(clone, *words).stdout.count("made") == 0
    future = (clone / ".venv" / "packages").stat().st_mtime + 10
    os.utime(clone / USER, (future, future))
    assert _make(clone, *words).stdout.count("made") == 1


def _missing(folder: Path, *there: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run .ci/missing where only these commands are."""
    (folder / ".ci").mkdir()
    (folder / "bin").mkdir()
    shutil.copy(ROOT / ".ci" / "missing", folder / ".ci")
    for name in ("dirname", "ls", "grep"):
        (folder / "bin" / name).symlink_to(str(shutil.which(name)))
    for name in there:
        (folder / "bin" / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    return subprocess.run(
        ["/bin/sh", folder / ".ci" / "missing"],
        env={"PATH": str(folder / "bin"), **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_what_is_missing_is_said_and_what_is_there_is_not(tmp_path: Path) -> None:
    done = _missing(tmp_path, "npm", "chromium")
    assert done.returncode == 0
    assert "Virtuoso is missing: the tests of that store will be skipped" in done.stdout
    assert "Fuseki, with Java 21 or later, is missing" in done.stdout
    assert ".ci/install-stores installs it" in done.stdout
    assert not re.search("npm|Chromium", done.stdout)


def test_what_is_required_and_missing_ends_the_run_before_it_starts(tmp_path: Path) -> None:
    done = _missing(tmp_path, "npm", LDN_KG_BROWSER="required")
    assert done.returncode == 1
    assert "Chromium is missing, and is required" in done.stderr
    assert "npm" not in done.stderr
    assert "Virtuoso is missing: " in done.stdout


def test_each_program_that_tests_look_for_is_looked_for_before() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(TESTS.rglob("*.py")))
    names = set(re.findall(r'shutil\.which\("([\w-]+)"', code))
    # Oxigraph's server is a Python package of the lock, and npm brings node.
    programs = set("apache2 chromium firefox-esr java jq node oxigraph virtuoso-t".split())
    assert names == programs
    script = (ROOT / ".ci" / "missing").read_text(encoding="utf-8")
    assert not [x for x in names - {"node", "oxigraph"} if not re.search(rf"\b{x}\b", script)]


@pytest.mark.xdist_group("kept-together")
def test_tests_of_a_group_stay_together(request: pytest.FixtureRequest) -> None:
    """Or each worker would build a release and a website and start every store for itself."""
    if getattr(request.config.option, "loadgroup", False):  # as `make test` asks for
        assert request.node.nodeid.endswith("@kept-together")


# Workflows


def test_actions_are_named_by_commit() -> None:
    """A tag can be moved to other code; what follows # is for people."""
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    used = [
        line.partition("uses:")[2].strip()
        for path in workflows
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert len(used) > 10
    assert not [u for u in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", u)]
