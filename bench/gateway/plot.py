"""Line plots as SVG, without a library: a few lines with a common scale from zero."""

from __future__ import annotations

from typing import NamedTuple

WIDTH, HEIGHT, MARGIN = 640, 360, 56
COLORS = ("#0b6e99", "#c2571a", "#4d7c2e")


class Line(NamedTuple):
    """One line of a plot: its name and its points."""

    name: str
    points: list[tuple[float, float]]


def line_plot(lines: list[Line], *, x_label: str, y_label: str) -> str:
    """Return the SVG text of a plot; each line has its points and its linear fit."""
    x_most = max(x for line in lines for x, _ in line.points)
    y_most = max(y for line in lines for _, y in line.points) * 1.1

    def place(x: float, y: float) -> str:
        across = MARGIN + x / x_most * (WIDTH - 2 * MARGIN)
        return f"{across:.1f},{HEIGHT - MARGIN - y / y_most * (HEIGHT - 2 * MARGIN):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">{x_label}</text>',
        f'<text x="14" y="{HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 {HEIGHT / 2})">{y_label}</text>',
        f'<polyline points="{place(0, y_most)} {place(0, 0)} {place(x_most, 0)}" fill="none" stroke="#555"/>',
    ]
    for share in (0.25, 0.5, 0.75, 1.0):
        x, y = share * x_most, share * y_most
        down, left = place(x, 0).split(","), place(0, y).split(",")
        parts.append(f'<text x="{down[0]}" y="{HEIGHT - MARGIN + 16}" text-anchor="middle">{x:,.0f}</text>')
        parts.append(f'<text x="{MARGIN - 6}" y="{left[1]}" text-anchor="end">{y:,.0f}</text>')
    for number, (line, color) in enumerate(zip(lines, COLORS, strict=False)):
        slope, offset = _fit(line.points)
        label_y = MARGIN - 28 + 16 * number
        text = f"{line.name}: {offset:.0f} ms + {slope * 1000:.1f} µs a viewer"
        ends = f"{place(0, max(0.0, offset))} {place(x_most, offset + slope * x_most)}"
        parts.append(f'<polyline points="{ends}" fill="none" stroke="{color}"/>')
        for x, y in line.points:
            across, down_y = place(x, y).split(",")
            parts.append(f'<circle cx="{across}" cy="{down_y}" r="4" fill="{color}"/>')
        parts.append(f'<text x="{MARGIN + 12}" y="{label_y}" fill="{color}">{text}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _fit(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return slope and offset of the linear least-squares fit."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return slope, mean_y - slope * mean_x
