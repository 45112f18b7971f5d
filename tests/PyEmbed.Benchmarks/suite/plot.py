"""Draws the plot of the README: bars, as an SVG that follows the reader's colours."""

import html

from . import titles

BAR, GAP, LEFT, WIDTH, RIGHT = 16, 8, 440, 330, 60
MOST = 1.6      # of disk; longer bars are cut

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-weight: 600 } .small { font-size: 11px; fill: #57606a }
.own { fill: #2f81f7 } .other { fill: #afb8c1 } .disk { stroke: #57606a; stroke-dasharray: 3 3 } .cut { stroke: #ffffff; stroke-width: 3 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #9198a1 } .other { fill: #656c76 } .disk { stroke: #9198a1 } .cut { stroke: #0d1117 }
}
"""


def draw(found, python):
    """The SVG of the rows (name, python) -> row: ways to ship the same modules, and real packages."""
    ways = bars(found, python, titles.WAYS)
    packages = bars(found, python, "What programs do when they start, against disk with warm bytecode")
    parts, top = [], 24
    for title, lines in (("Import of 3,000 modules, time against disk with warm bytecode", ways), ("Programs' first steps from memory, the same", packages)):
        if lines:
            parts.append('<text class="title" x="12" y="%d">%s</text>' % (top, html.escape(title)))
            panel, top = draw_bars(lines, top + 14)
            parts += panel
            top += 30
    height = top - 8
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="Import from memory against disk">\n'
        "<style>%s</style>\n%s\n"
        '<text class="small" x="12" y="%d">CPython %s; less is better; the dashed line is disk. Written by build/bench.sh --page</text>\n</svg>\n'
        % (LEFT + WIDTH + RIGHT, height, LEFT + WIDTH + RIGHT, height, STYLE, "\n".join(parts), height - 10, html.escape(python)))


def bars(found, python, group):
    """(label, ratio, whether it is PyEmbed's) of each row of a table that was measured."""
    own = group != titles.WAYS
    return [(label.replace("`", ""), found[name, python]["ratio"], own or label.startswith("PyEmbed"))
            for name, label in titles.GROUPS[group].items() if (name, python) in found]


def draw_bars(lines, top):
    """(elements, where they end)."""
    parts, begin = [], top
    for label, ratio, own in lines:
        length = WIDTH * min(ratio, MOST) / MOST
        parts.append('<text x="%d" y="%d" text-anchor="end">%s</text>' % (LEFT - 8, top + 13, html.escape(label)))
        parts.append('<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>' % ("own" if own else "other", LEFT, top, length, BAR))
        if ratio > MOST:
            parts.append('<path class="cut" d="M%d %d l6 %d"/>' % (LEFT + WIDTH - 24, top + BAR, -BAR))
        parts.append('<text x="%.1f" y="%d">%.2f</text>' % (LEFT + length + 6, top + 13, ratio))
        top += BAR + GAP
    at = LEFT + WIDTH / MOST
    parts.append('<line class="disk" x1="%.1f" x2="%.1f" y1="%d" y2="%d"/>' % (at, at, begin - 4, top - GAP + 4))
    return parts, top
