"""A drawing made for our style sheet goes in, an SVG file that stands alone goes out."""

from __future__ import annotations

import functools
import re
from importlib import resources

import htpy as h
from markupsafe import Markup

from nbdiag.views.markup import written
from nbdiag.views.svgtags import desc, px, rect, style, svg, title

_FONT = (
    '.fig{font:12px -apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums}'
)
_PAPER = ".paper{fill:var(--nbdiag-paper)}"


@functools.cache
def sheet() -> str:
    """The style sheet of header, cards and drawings, without its comments."""
    css = resources.files("nbdiag.views").joinpath("style.css").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def alone(
    drawing: h.Element, width: float, height: float, *, name: str, description: str = "", severity: str = ""
) -> str:
    """The file: light, dark where the reader's system is, with a page behind the drawing; equal bytes for equal input."""
    inner = str(drawing)
    return written(
        svg(class_=f"nbdiag nbdiag-page sev-{severity or 'note'}", xmlns="http://www.w3.org/2000/svg",
            width=px(width), height=px(height), viewBox=f"0 0 {px(width)} {px(height)}", role="img",
            aria_labelledby="t d" if description else "t")[
            title(id="t")[name], desc(id="d")[description] if description else None,
            style[_needed(frozenset(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', inner)))))],
            rect(class_="paper", width="100%", height="100%"), Markup(inner),
        ]
    )  # fmt: skip


@functools.lru_cache(maxsize=64)
def _needed(used: frozenset[str]) -> Markup:
    """The palette, and the rules of drawings whose classes are in use."""
    css = sheet()
    palette = re.search(r"\.nbdiag \{[^}]*--nbdiag-val[^}]*\}", css)
    dark = re.search(r"@media \(prefers-color-scheme: dark\) \{ \.nbdiag\.nbdiag-page \{[^}]*\} \}", css)
    severities = re.findall(r"\.nbdiag \.sev-(\w+) (\{[^}]*\})", css)
    rules = re.findall(r"\.nbdiag (\.fig [^{}]*\{[^}]*\})", css)
    kept = [rule for rule in rules if set(re.findall(r"\.([a-z][\w-]*)", rule.partition("{")[0])) <= used | {"fig"}]
    parts = [m[0] for m in (palette, dark) if m] + [f".sev-{s} {block}" for s, block in severities] + kept
    return Markup(re.sub(r"\s+", " ", "".join(parts)) + _FONT + _PAPER)
