"""A report as one HTML file: plotly's script from the installed package inside, nothing fetched, readable on paper."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from plotly.offline import get_plotlyjs

BASE_COLOUR, CHANGE_COLOUR, SOFT = "#8a9794", "#1f6f68", "#53625f"
FONT = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn figure with its heading and what to see in it."""

    title: str
    note: str
    html: Markup


@functools.cache
def _templates() -> Environment:
    here = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(here), autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def render(template: str, **values: Any) -> str:
    """One of `templates/` with its values; `title` and `footnotes` are every report's."""
    return _rendered(_templates().get_template(template), values)


def render_source(source: str, **values: Any) -> str:
    """The same for a template that is given as text and extends `report.html`."""
    return _rendered(_templates().from_string(source), values)


def _rendered(template: Template, values: dict[str, Any]) -> str:
    return template.render(plotly=Markup(get_plotlyjs()), **values)


def drawn(figure: go.Figure, title: str, note: str, height: int) -> Plot:
    """A figure in the report's own look."""
    figure.update_layout(
        template="plotly_white",
        height=height,
        font={"family": FONT, "size": 13, "color": "#1c2826"},
        margin={"l": 10, "r": 10, "t": 70, "b": 10},
        legend={"orientation": "h", "yref": "container", "yanchor": "top", "y": 1, "x": 0},
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    html = figure.to_html(include_plotlyjs=False, full_html=False, config={"displayModeBar": False, "responsive": True})
    return Plot(title, note, Markup(html))


def alone(figure: go.Figure, title: str, height: int) -> str:
    """A page that is nothing but a figure of panels."""
    figure.update_layout(title=title, template="plotly_white", height=height)
    text: str = figure.to_html(include_plotlyjs=True, full_html=True)
    return text
