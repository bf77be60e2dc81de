"""Charts of the evidence as SVG: what was found, in whom, at which dose and how it may work.

Each number in them is asked of the graph. What is kept out of an answer is never drawn.
"""

from ldn_kg.read.charts.canvas import Chart
from ldn_kg.read.charts.conditions import condition_chart
from ldn_kg.read.charts.doses import condition_doses, dose_chart
from ldn_kg.read.charts.mechanisms import mechanism_chart
from ldn_kg.read.charts.overview import evidence_map

__all__ = [
    "Chart",
    "condition_chart",
    "condition_doses",
    "dose_chart",
    "evidence_map",
    "mechanism_chart",
]
