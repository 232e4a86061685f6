"""A diagnosis goes in, Markdown goes out: headline and findings without the chart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from nbdiag.finding import Finding, Reference
from nbdiag.views import header, sections
from nbdiag.views.markup import between, plain, sentence, split
from nbdiag.views.numbering import Numbered, numbered, severity_of

if TYPE_CHECKING:
    from nbdiag.diagnosis import Diagnosis


def text(diagnosis: Diagnosis) -> str:
    """The whole diagnosis; text from users is escaped, so that it can neither format nor inject anything."""
    blocks = [f"# {prose(header.headline(diagnosis))}", prose(header.status(diagnosis.run)), prose(diagnosis.summary)]
    entries = numbered(diagnosis)
    for entry in entries:
        blocks += _finding(entry, entries)
    blocks += [f"**{name}** {prose(words)}." for name, words in header.notes(diagnosis)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def prose(words: str) -> str:
    """Text with our markup as Markdown, all else escaped, on one line."""
    return "".join(_part(kind, part) for kind, part in split(words))


def _part(kind: str, part: str) -> str:
    if kind == "code":
        longest = max((len(run) for run in re.findall("`+", part)), default=0)
        fence = "`" * (longest + 1)
        return f"{fence}{' ' if longest else ''}{part}{' ' if longest else ''}{fence}"
    return f"**{_escaped(part)}**" if kind == "bold" else _escaped(part)


def _escaped(words: str) -> str:
    """No formatting, no HTML, no formula (for PDF), no list or heading at a line's start."""
    words = re.sub(r"([\\`*_{}\[\]|#$~^])", r"\\\1", " ".join(words.split(" ")).replace("\n", " "))
    words = re.sub(r"^([-+]|\d+[.)])(?=\s)", r"\\\1", words)
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _finding(entry: Numbered, entries: list[Numbered]) -> list[str]:
    f = entry.finding
    number = f"{entry.number}. " if entry.number is not None else "✓ "
    where = f", {span}" if (span := entry.where) else ""
    blocks = [
        f"## {number}{prose(f.title)}",
        f"*{severity_of(f).value}, {f.certainty.value}{where}{', provisional' if f.provisional else ''}*",
        prose(f.message), _table(f),
        _part_of("Why", prose(f.why)), _listed("Explains", [f"**{_escaped(plain(o.title))}** {prose(o.message)}" for o in sections.merged(f, entries)]), _causes(f), _check(f),
        _listed("Try", [prose(fix) for fix in f.fixes]),
        _part_of("Unless", prose(f.caveat)),
        _part_of("Read", ", ".join(_reference(r) for r in f.references)),
        _part_of("Rule", _part("code", f.rule) if f.rule else ""),
    ]  # fmt: skip
    return [block for block in blocks if block]


def _listed(name: str, items: list[str]) -> str:
    return "\n".join([f"**{name}**", "", *(f"- {item}" for item in items)]) if items else ""


def _part_of(name: str, words: str) -> str:
    return f"**{name}** {words}" if words else ""


def _causes(f: Finding) -> str:
    ranked = sorted(f.causes, key=lambda cause: cause.rank)
    items = [f"{i}. {prose(c.text)}{between(c.text) + prose(c.why) if c.why else ''}" for i, c in enumerate(ranked, 1)]
    out = [f"Ruled out: {prose(sentence(f.ruled_out))}"] if f.ruled_out else []
    return "\n\n".join(["**Causes**", *(["\n".join(items)] if items else []), *out]) if items or out else ""


def _check(f: Finding) -> str:
    if f.check is None:
        return ""
    longest = max((len(run) for run in re.findall("`+", f.check.code)), default=0)
    fence = "`" * max(3, longest + 1)
    code = f"\n\n{fence}python\n{f.check.code}\n{fence}" if f.check.code else ""
    return _part_of("Check", prose(f.check.text)) + code


def _table(f: Finding) -> str:
    if f.table is not None:
        rows = [f.table.head, *f.table.rows]
    elif f.evidence:
        rows = [("", "value"), *((name, sections.number(value)) for name, value in f.evidence.items())]
    else:
        return ""
    head, *others = ["| " + " | ".join(prose(cell) or " " for cell in row) + " |" for row in rows]
    return "\n".join([head, "|" + "|".join([" --- ", *[" ---: "] * (len(rows[0]) - 1)]) + "|", *others])


def _reference(r: Reference) -> str:
    if urlsplit(r.url).scheme not in ("http", "https"):
        return prose(r.title)
    return f"[{_escaped(r.title)}]({quote(r.url, safe=':/?#@!$&=+,;%~._-')})"
