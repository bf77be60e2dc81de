"""Plots of the evidence as SVG: what was found, in whom, at which dose and how it may work.

Each number in them is asked of the graph. Evidence that is set aside is never drawn.
"""

from ldn_kg.read.charts.canvas import Plot
from ldn_kg.read.charts.conditions import condition_plot
from ldn_kg.read.charts.doses import condition_doses, dose_plot
from ldn_kg.read.charts.mechanisms import mechanism_plot
from ldn_kg.read.charts.overview import evidence_map

__all__ = [
    "Plot",
    "condition_doses",
    "condition_plot",
    "dose_plot",
    "evidence_map",
    "mechanism_plot",
]
