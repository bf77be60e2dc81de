"""What one process takes: seconds on the wall, and the greatest memory that it held."""

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """What a step took: seconds, MiB, and what came of it; no seconds where it did not end well.

    `said` is what is compared with other tools, or why there is nothing. `parts` are the seconds
    of the parts of a step that tells them.
    """

    seconds: float | None
    memory: float
    said: str | None = None
    parts: tuple[tuple[str, float], ...] = ()

    def line(self, size: int, step: str) -> str:
        """Return the run as a line of JSON."""
        return json.dumps({"size": size, "step": step, **asdict(self)}) + "\n"


def measured(command: list[str], folder: Path, env: dict[str, str], limit: float) -> Run:
    """Run a command to its end or to the limit; it prints to `out` and `err` in a folder."""
    out, err = folder / "out", folder / "err"
    with out.open("wb") as output, err.open("wb") as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, stderr=errors, cwd=folder, env=env, start_new_session=True
        )
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(limit, stop)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
    process.returncode = code = os.waitstatus_to_exitcode(status)
    memory = usage.ru_maxrss / 1024
    if stopped.is_set():
        return Run(None, memory, "stopped")
    # pySHACL ends with 1 where data do not conform: a verdict, which is to be compared.
    if code and b"onforms" not in out.read_bytes()[:10_000]:
        return Run(None, memory, f"ended with {code}")
    return Run(seconds, memory)
