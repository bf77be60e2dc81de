"""What can go wrong, as sentences that say what to do next.

LdnKgError            could not run
└── InvalidData       ran, and found problems in the data
"""

from collections.abc import Sequence


class LdnKgError(Exception):
    """The work could not be done; the message says why and what to do."""


class InvalidData(LdnKgError):
    """The data break a rule; `problems` holds one line for each."""

    def __init__(self, problems: Sequence[object]) -> None:
        """Keep the problems and say them all."""
        self.problems = tuple(problems)
        lines = "\n".join(str(problem) for problem in self.problems)
        super().__init__(f"The data do not validate:\n{lines}")
