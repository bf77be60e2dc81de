"""Axes: where a value stands between two places on a chart, and which values are written."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """An axis from the value `low` at x = `left` to the value `high` at x = `right`."""

    low: float
    high: float
    left: float
    right: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return the x at which a value stands; on a logarithmic axis the value is above zero."""
        low, high, value = (
            math.log10(number) if self.logarithmic else number
            for number in (self.low, self.high, value)
        )
        return self.left + (value - low) / (high - low) * (self.right - self.left)


def linear_ticks(low: float, high: float) -> list[float]:
    """Return the multiples from low to high of a round step: 1, 2 or 5 times a power of ten.

    The step is the smallest that divides the range into at most five parts, so there are two to
    six of them. Low is below high.
    """
    least = (high - low) / 5
    power = math.floor(math.log10(least))
    digit = next(digit for digit in (1, 2, 5, 10) if digit * 10.0**power >= least)
    step = digit * 10.0**power
    counts = range(math.floor(low / step), math.ceil(high / step) + 1)
    # Read as decimals: three steps of 0.1 are 0.3.
    ticks = [float(f"{count * digit}e{power}") for count in counts]
    return [tick for tick in ticks if low <= tick <= high]


def log_ticks(low: float, high: float, digits: tuple[int, ...] = (1, 2, 5)) -> list[float]:
    """Return the values from low to high that are such a digit times a power of ten."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [float(f"{digit}e{power}") for power in powers for digit in digits]
    return [tick for tick in ticks if low <= tick <= high]
