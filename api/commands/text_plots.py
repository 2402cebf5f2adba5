"""The plots of `respite text-report`: one HTML page that needs no network."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from api.commands.report_page import alone
from fatigue_model.text_quality import Quality


def page(found: Quality, name: str) -> str:
    """ROC curve and calibration, with plotly's script from the installed package inside the page."""
    low, high = found.auc_95
    titles = (f"ROC: area {found.auc:.3f} (95 %: {low:.3f} to {high:.3f})", f"Calibration: mean gap {found.calibration_gap:.3f}")
    figure = make_subplots(rows=1, cols=2, subplot_titles=titles)
    easy, hard = zip(*found.roc, strict=True)
    figure.add_trace(go.Scatter(x=easy, y=hard, mode="lines", name="score"), row=1, col=1)
    score, share, count = zip(*found.bins, strict=True)
    texts = [f"{each} messages" for each in count]
    figure.add_trace(go.Scatter(x=score, y=share, mode="lines+markers", name="share of hard messages", text=texts), row=1, col=2)
    for column in (1, 2):
        diagonal = go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": "grey"}, showlegend=False)
        figure.add_trace(diagonal, row=1, col=column)
        figure.update_xaxes(range=[0, 1], row=1, col=column)
        figure.update_yaxes(range=[0, 1.02], row=1, col=column)
    figure.update_xaxes(title="share of easy messages at or above", row=1, col=1)
    figure.update_yaxes(title="share of hard messages at or above", row=1, col=1)
    figure.update_xaxes(title="mean score", row=1, col=2)
    figure.update_yaxes(title="share of hard messages", row=1, col=2)
    title = f"How well the text score tells: {name}, {found.hard} hard and {found.easy} easy messages"
    return alone(figure, title, 560)
