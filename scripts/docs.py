"""Prints the documentation that follows from the code: rules to docs/rules, the magic's options to docs/options.md."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
import pathlib
import shutil

from nbdiag import rules, synthetic
from nbdiag.config import Options
from nbdiag.diagnosis import examine
from nbdiag.facts import Facts
from nbdiag.options import parser
from nbdiag.rules import catalogue
from nbdiag.views import svg
from nbdiag.views.chart import draw

DOCS = pathlib.Path(__file__).resolve().parents[1] / "docs"
_WIDTH, _POINTS = 720, 200  # as wide as a page's text on GitHub; a run of 100 epochs needs no more points


def main() -> None:
    """Write what is printed, and take away what no rule stands behind any more."""
    shutil.rmtree(DOCS / "rules", ignore_errors=True)
    for name, text in printed().items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(rules.RULES)} rules and the options are in {DOCS.name}/")


def printed() -> dict[str, str]:
    """Text of every printed file, by its path in docs/."""
    files = {"rules/README.md": _index(), "options.md": _options()}
    patterns = {rule: pattern for pattern, (_, rule) in reversed(synthetic.PATTERNS.items()) if rule}
    patterns["converged"] = "healthy"
    for rule in rules.RULES:
        drawn = _picture(rule.name, patterns[rule.name])
        picture = f"images/{rule.name}.svg" if drawn else ""
        if drawn:
            files[f"rules/{picture}"] = drawn
        page = catalogue.page(rule).to_markdown(picture)
        files[f"rules/{rule.name}.md"] = f"{_note('its docstring')}{page}\n[All rules](README.md)\n"
    return files


def _note(where: str) -> str:
    return f"<!-- Printed by `make docs` from {where}: change it there. -->\n"


def _picture(rule: str, pattern: str) -> str:
    """A typical run; nothing where the finding shows in no curve."""
    diagnosis = examine(synthetic.make(pattern).run, select=[rule])
    if not any(f.curves for f in diagnosis.findings):
        return ""
    return svg.text(draw(diagnosis, points=_POINTS), f"A typical run: {rule}", width=_WIDTH)


def _index() -> str:
    return f"""{_note("the rules")}# The rules

What nbdiag looks for, worst first. `nbdiag.explain("overfitting")` shows a page in the notebook, `nbdiag.explain()` this
list. How sure a finding is stands in [how sure](../how-sure.md); how to choose rules, in [options](../options.md).
The pictures are of made-up runs that show one pattern each (`nbdiag.synthetic`).

{catalogue.listing(rules.RULES).to_markdown(links=True)}"""


def _options() -> str:
    rows = []
    for action in parser()._actions:  # argparse has no public list of them
        value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
        flags = ", ".join(_code(f"{flag}{value}") for flag in action.option_strings)
        default = f"`{action.default}`" if action.default not in (None, "", False) else ""
        rows.append(f"| {flags} | {action.help} | {default} |")
    told = _told(Facts)
    types = {f.name: str(f.type).removesuffix(" | None") for f in dataclasses.fields(Facts) if f.name != "origins"}
    facts = "\n".join(f"| `{name}` | {_code(kind)} | {told.get(name, '')} |" for name, kind in types.items())
    keywords = ", ".join(f"`{f.name}`" for f in dataclasses.fields(Options))
    return f"""{_note("the parser in nbdiag/options.py")}# Options

## Of `%%diagnose`

| option | what it does | default |
| --- | --- | --- |
{chr(10).join(rows)}

`nbdiag.watch()` takes the same as keywords: {keywords}.

`--stop-on` takes `broken`, `problem`, or rules by name. It ends the training by its framework's own means once such a finding is
confirmed, that is, no longer provisional: at the next batch by Keras' `model.stop_training`, Lightning's `trainer.should_stop`, the
Hugging Face Trainer's `control.should_training_stop`, Ignite's `engine.terminate()`, fastai's `CancelFitException` and skorch's interrupt,
as their early stopping does; at the next round by a callback of XGBoost, LightGBM (in their `cv` too) and, of up to 1000 rounds (3000 with a `metric_period` of 9), CatBoost. Any other loop stops by the exception
`nbdiag.StopTraining`, raised from `watch.log(…)` or, in PyTorch, from an optimizer's `step`; a `with nbdiag.watch(stop_on=…)` block
ends with it quietly, a cell ends with it as with any error. `watch.should_stop` is for loops that end by themselves. Each run is
stopped for what it shows itself: the next fold goes on.

`--report run.html` writes the page after 5 seconds, then every 30, and at the end, also after an interrupt or an error. Where a cell trains several
times, `run.html` is the latest run; those before it stay as `run-1.html`, `run-2.html`, …

## Of a session
`nbdiag.configure(every_cell=True)` diagnoses every cell that trains, with the options it is given as further keywords.

## Of a project
`[tool.nbdiag]` in `pyproject.toml` speaks for all notebooks and scripts at or below it. The nearest file with such a table
counts, seen from the working directory.

```toml
[tool.nbdiag]
select = ["overfitting", "divergence", "non-finite"]   # only these; without it, all
ignore = ["still-improving"]                           # all but these

[tool.nbdiag.rules.overfitting]                        # options of a rule: its page lists them
rise = 0.2
```

A call comes before the project, the project before the defaults: `--select` replaces both of the project's lists, `--ignore`
adds to its own. A mistake in the file is one warning line in a watched cell, and a `ConfigError` in `nbdiag.diagnose()`.

## What you can say about a run
`--facts n_val=128,loss=mse`, or `facts={{"n_val": 128}}` in `nbdiag.diagnose()`. A hook finds most of it out by itself;
from a pasted log it is for you to say. `lr` and `loss_name` are understood too.

| fact | value | |
| --- | --- | --- |
{facts}
"""


def _code(text: str) -> str:
    """For a cell of a table."""
    return f"`{text}`".replace("|", r"\|")


def _told(kind: type) -> dict[str, str]:
    """What stands below the fields of a class, by field."""
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)
    told = {}
    for field, below in itertools.pairwise(definition.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            told[field.target.id] = " ".join(str(ast.literal_eval(below.value)).split()).replace("``", "`")
    return told


if __name__ == "__main__":
    main()
