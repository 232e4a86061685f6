"""Every file format nbdiag reads, in the order they are asked; a text log is what is left."""

from __future__ import annotations

from nbdiag.files.base import Format
from nbdiag.files.csv_log import CSV_LOG
from nbdiag.files.json_log import JSON_LOG
from nbdiag.files.jsonl_log import JSONL_LOG
from nbdiag.files.notebook import NOTEBOOK
from nbdiag.files.tensorboard import TENSORBOARD
from nbdiag.files.text_log import TEXT_LOG

FORMATS: tuple[Format, ...] = (TENSORBOARD, CSV_LOG, JSON_LOG, NOTEBOOK, JSONL_LOG, TEXT_LOG)
