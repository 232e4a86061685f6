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


@functools.cache
def sheet() -> str:
    """The style sheet of header, cards and drawings, without its comments."""
    css = resources.files("nbdiag.views").joinpath("style.css").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def alone(
    drawing: h.Element, width: float, height: float, *, name: str, description: str = "", severity: str = ""
) -> str:
    """The file: light, dark where the reader's system is, with a page behind the drawing; equal bytes for equal input.

    It holds no variables: librsvg 2.54, which pandoc makes a PDF with, draws what is styled by one in black.
    """
    inner = written(drawing)
    used = frozenset(re.findall(r"[\w-]+", " ".join(re.findall(r'class="([^"]*)"', inner))))
    kind = severity or "note"
    return written(
        svg(class_=f"nbdiag-alone sev-{kind}", xmlns="http://www.w3.org/2000/svg", fill="none",
            width=px(width), height=px(height), viewBox=f"0 0 {px(width)} {px(height)}", role="img",
            aria_labelledby="t d" if description else "t")[
            title(id="t")[name], desc(id="d")[description] if description else None,
            style[_needed(used | {f"sev-{kind}"})],
            rect(class_="paper", width="100%", height="100%", fill=_palette()[0]["paper"]), Markup(_bare(inner)),
        ]
    )  # fmt: skip


def _bare(inner: str) -> str:
    """The drawing with what it takes to be read where a sanitizer drops style sheets: lines, and text in ink."""
    light = _palette()[0]
    inner = inner.replace("<text ", f'<text fill="{light["ink2"]}" font-size="12" ')
    return re.sub(r'class="curve (train|val|other)', lambda m: f'stroke="{light[m[1]]}" {m[0]}', inner)


@functools.cache
def _palette() -> tuple[dict[str, str], dict[str, str]]:
    """The colours by name, light and dark, as literals."""
    blocks = (r"\.nbdiag \{([^}]*--nbdiag-val[^}]*)\}", r"\.nbdiag\.nbdiag-page \{([^}]*--nbdiag-val[^}]*)\}")
    found = [
        dict(re.findall(r"--nbdiag-([\w-]+): ([^;]+);", (re.search(block, sheet()) or [""])[0])) for block in blocks
    ]
    light, dark = ({name: re.sub(r"var\([^,]+, (.*)\)", r"\1", value) for name, value in f.items()} for f in found)
    return light, light | dark


@functools.lru_cache(maxsize=64)
def _needed(used: frozenset[str]) -> Markup:
    """The rules of drawings whose classes are in use; those of a severity by its own colour, ``currentColor``."""
    light, dark = _palette()
    rules = [f".sev-{s} {{ color: var(--nbdiag-{s}) }}" for s in ("note", "good", "problem", "broken")]
    rules += re.findall(r"\.nbdiag (\.fig [^{}:]*\{[^}]*\})", sheet())
    rules = [rule for rule in rules if _classes(rule) <= used | {"fig"}] + [".paper { fill: var(--nbdiag-paper) }"]
    night = "".join(_colored(rule, dark, only=True) for rule in rules)
    day = "".join(_colored(rule, light) for rule in rules)
    return Markup(f"{day}{_FONT}@media (prefers-color-scheme: dark) {{{night}}}")


def _classes(rule: str) -> set[str]:
    return set(re.findall(r"\.([a-z][\w-]*)", rule.partition("{")[0]))


def _colored(rule: str, palette: dict[str, str], *, only: bool = False) -> str:
    """The rule with literal colours; ``only`` its parts that have one."""
    selector, _, body = rule.rstrip("} ").partition("{")
    parts = [part.strip() for part in body.split(";") if part.strip() and "transition" not in part]
    parts = [part.replace("var(--nbdiag-sev)", "currentColor") for part in parts]
    if only:
        parts = [part for part in parts if "var(" in part]
    literal = [re.sub(r"var\(--nbdiag-([\w-]+)\)", lambda m: palette[m[1]], part) for part in parts]
    return f"{selector.strip()}{{{';'.join(literal)}}}" if literal else ""
