"""What the first line of a cell becomes."""

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from nbdiag.cells import transform


def lines(text):
    return text.splitlines(keepends=True)


def begin(arguments=""):
    return f"get_ipython().run_line_magic('_nbdiag_begin', {arguments!r})\n"


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("%%diagnose\nx = 1\n", begin() + "x = 1\n"),
        ("%%diagnose", begin()),
        ("%%diagnose -o d --name 'a b'  \nx\n", begin("-o d --name 'a b'") + "x\n"),
        ("%%diagnose\tx\ny\n", begin("x") + "y\n"),
        ("\n\n%%diagnose\nx\n", "\n\n" + begin() + "x\n"),
        ("# my model\n\n%%diagnose\nx\n", "# my model\n\n" + begin() + "x\n"),
        ("  %%diagnose\n  x\n", "  " + begin() + "  x\n"),
        ("%%diagnose\n# only a comment\n", begin() + "# only a comment\n"),
        (r"%%diagnose --pattern (?P<loss>\d{3}\.\d)" + "\n", begin(r"--pattern (?P<loss>\d{3}\.\d)")),
    ],
)
def test_the_first_line_becomes_a_begin_call_and_no_line_moves(cell, wanted):
    assert transform(lines(cell)) == lines(wanted)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "\n",
        "x = 1\n",
        "%%diagnosed\nx\n",
        "%%diagnose?\n",
        "x\n%%diagnose\n",
        "%%time\n%%diagnose\nx\n",
        "s = '''\n%%diagnose\n'''\n",
    ],
)
def test_other_cells_are_left_alone(cell):
    assert transform(lines(cell)) == lines(cell)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("%%diagnose\n%%time\nx\n", "%%diagnose\n%%time\nx\n"),
        ("# a\n%%diagnose -o d\n\n# b\n%%time\nx\n", "%%diagnose -o d\n%%time\nx\n"),
        ("# a\n%%diagnose --text\nloss: 5 %\n# 'no' \\ code\n", "%%diagnose --text\nloss: 5 %\n# 'no' \\ code\n"),
    ],
)
def test_a_stacked_magic_and_a_pasted_text_are_left_to_the_cell_magic(cell, wanted):
    assert transform(lines(cell)) == lines(wanted)


def test_a_half_typed_cell_is_not_run_by_a_terminal():
    manager = TransformerManager()
    manager.cleanup_transforms.append(transform)
    assert manager.check_complete("%%diagnose\n")[0] == "incomplete"
    assert manager.check_complete("%%diagnose\nx = 1\n")[0] == "incomplete"


def test_a_pasted_text_reaches_its_magic_as_it_is():
    manager = TransformerManager()
    manager.cleanup_transforms.append(transform)
    body = "Epoch 1/2 - loss: 'a' \"b\" '''c''' \\n {x} $HOME 93%\n%%time\n\t!ls?\n"
    namespace = {}
    shell = type("Shell", (), {"run_cell_magic": lambda self, *a: namespace.setdefault("got", a)})()
    exec(manager.transform_cell("%%diagnose --text -o d\n" + body), {"get_ipython": lambda: shell})
    assert namespace["got"] == ("diagnose", "--text -o d", body)
