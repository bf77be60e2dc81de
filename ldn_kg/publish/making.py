"""Makes the files of a folder, in two processes where the system can share the data with a second.

The second process writes files into the same folder. Files go out in bundles, by a pipe with one
token for each; who reads a token makes the bundle. What the second process does not report as done,
the first makes after all, so that a fault shows there, as it would without a second process.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

from ldn_kg.graph.processes import can_fork, second

# Maps the name of each file to a function that makes it, given the folder with the files before it.
Artefacts = dict[str, Callable[[Path], bytes]]
Makers = Mapping[str, Callable[[Path], bytes]]
Progress = Callable[[str], None]

_TOKEN = 2  # bytes
_HELD = 4096 // _TOKEN  # tokens that any pipe of Linux holds without a reader


def make(folder: Path, makers: Makers, progress: Progress) -> None:
    """Write files into a folder, in their order; `progress` is told the name of each before."""
    for name, maker in makers.items():
        progress(name)
        _write(folder, name, maker)


def make_apart(folder: Path, ordered: Makers, alone: Makers, progress: Progress) -> None:
    """Write files into a folder: `ordered` one after the other, `alone` whenever there is time.

    A file of `alone` depends on no other file, and none of `ordered` on it. `progress` is told each
    name once.
    """
    with _second(folder, alone) as shared:
        if shared is None:
            make(folder, {**ordered, **alone}, progress)
            return
        missing = dict.fromkeys(range(len(shared.bundles)))
        for name, maker in ordered.items():
            make(folder, {name: maker}, progress)
            _tell(shared.done(), shared, missing, progress)
        for number in shared.claims():
            make(folder, _chosen(alone, shared.bundles[number]), progress)
            del missing[number]
            _tell(shared.done(), shared, missing, progress)
        _tell(shared.done(wait=True), shared, missing, progress)
        for number in missing:
            make(folder, _chosen(alone, shared.bundles[number]), progress)


class _Shared:
    """What both processes know: the bundles, the tokens not taken yet, the tokens of what is done.

    A token is the number of a bundle.
    """

    def __init__(self, names: Sequence[str]) -> None:
        size = max(1, -(-len(names) // _HELD))
        left = iter(names)
        self.bundles = list(iter(lambda: tuple(islice(left, size)), ()))
        self._tokens, tokens = os.pipe()
        self._done, self._report = os.pipe()
        os.write(tokens, b"".join(n.to_bytes(_TOKEN) for n in range(len(self.bundles))))
        os.close(tokens)  # so that the pipe ends after the last token

    def claims(self) -> Iterator[int]:
        """Take the numbers of bundles that nobody has taken yet."""
        while token := os.read(self._tokens, _TOKEN):
            yield int.from_bytes(token)

    def report(self, number: int) -> None:
        """Say that a bundle is done."""
        os.write(self._report, number.to_bytes(_TOKEN))

    def done(self, wait: bool = False) -> Iterator[int]:
        """Yield what the other process has reported since; all that it will, with `wait`."""
        os.set_blocking(self._done, wait)
        with suppress(BlockingIOError):
            while token := os.read(self._done, _TOKEN):
                yield int.from_bytes(token)

    def only_reads(self) -> None:
        """Give up reporting, so that the pipe ends with the other process."""
        os.close(self._report)
        self._report = -1

    def close(self) -> None:
        """Close what is open."""
        for pipe in (self._tokens, self._done, self._report):
            if pipe >= 0:
                os.close(pipe)


@contextmanager
def _second(folder: Path, alone: Makers) -> Iterator[_Shared | None]:
    """Start a second process that makes what is alone; None where there can be none."""
    if not can_fork() or len(os.sched_getaffinity(0)) == 1:  # where it is of no use
        yield None
        return
    shared = _Shared(list(alone))

    def helping() -> None:
        for number in shared.claims():
            for name, maker in _chosen(alone, shared.bundles[number]).items():
                _write(folder, name, maker)
            shared.report(number)

    try:
        with second(helping) as child:
            if child is None:
                yield None
            else:
                shared.only_reads()
                yield shared
    finally:
        shared.close()


def _chosen(makers: Makers, names: Sequence[str]) -> Makers:
    return {name: makers[name] for name in names}


def _tell(
    numbers: Iterator[int], shared: _Shared, missing: dict[int, None], progress: Progress
) -> None:
    """Tell the progress of the other process, and strike off what it did."""
    for number in numbers:
        del missing[number]
        for name in shared.bundles[number]:
            progress(name)


def _write(folder: Path, name: str, maker: Callable[[Path], bytes]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(maker(folder))
