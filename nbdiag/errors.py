"""The errors a caller can catch, and the one warning we show instead of an error during training.

NbdiagError
├── ConfigError         an option, a fact or a pattern that cannot be used
├── SourceError         something given to read
│   ├── UnknownSource   it is nothing we can read
│   └── DamagedSource   it is of a kind we read, but this one is broken
├── UnknownRule         a rule's name that does not exist
└── StopTraining        ends a loop at the reader's own wish
"""


class NbdiagError(Exception):
    """Any error nbdiag raises on purpose."""


class ConfigError(NbdiagError, ValueError):
    """An option, a fact or a pattern that cannot be used."""


class SourceError(NbdiagError, ValueError):
    """Something given to read could not be read."""


class UnknownSource(SourceError):
    """The thing given to read is of no kind nbdiag reads; the message says what would be."""


class DamagedSource(SourceError):
    """The thing given to read is of a known kind, but this one is broken; the message says where."""


class UnknownRule(NbdiagError, LookupError):
    """No rule has this name; the message names the nearest."""


class StopTraining(NbdiagError):
    """Raised in a hand-written loop that is to end: ``--stop-on`` or ``watch(stop_on=…)`` asked for it.

    Comes out of ``Watch.log`` or, in PyTorch, of an optimizer's ``step``. A ``with nbdiag.watch(stop_on=…)`` block
    ends with it quietly; in a notebook it ends the cell.
    """


class NbdiagWarning(UserWarning):
    """Something nbdiag could not do; the training it watches is not affected."""
