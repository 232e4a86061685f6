"""Text as forums and issues show it becomes the text that was printed."""

import pytest

from nbdiag.files.pasted import printed


@pytest.mark.parametrize(
    ("shown", "was"),
    [
        ("> epoch 1\n> epoch 2\n", "epoch 1\nepoch 2\n"),
        ("> > a\n> > b\n\nhe wrote\n", "a\nb\n\nhe wrote\n"),
        ("```python\nloss: 1\n```\n", "loss: 1\n"),
        ("**Epoch 1** `loss: 0.5`", "Epoch 1 loss: 0.5"),
        ("Epoch&nbsp;1 -&gt; 0.5<br/>\nEpoch&nbsp;2<br>", "Epoch\u00a01 -> 0.5\nEpoch\u00a02"),
        ("<pre><code>loss: 1&#10;</code></pre>", "loss: 1\n"),
        ("# [1] a\n# [2] b\nc", " [1] a\n [2] b\nc"),
        ("#> a\n#>\n#> b\n", " a\n\n b\n"),
        ("9/9 [==] - 3s - loss: 1\n- val_loss: 2\n", "9/9 [==] - 3s - loss: 1 - val_loss: 2\n"),
        ("9/9 - 3s - loss: 1 -\nacc: 2 -\n mse: 3\n", "9/9 - 3s - loss: 1 - acc: 2 - mse: 3\n"),
    ],
)
def test_a_way_of_showing(shown, was):
    assert printed(shown) == was


@pytest.mark.parametrize(
    "text", ["a > b\nc\n", "x ** 2 ** 3\n", "one ` alone\n", "if a < b and b > c:\n", "epoch 1: loss 0.5\n", ""]
)
def test_what_shows_nothing_of_the_kind_stays(text):
    assert printed(text) == text


@pytest.mark.timeout(30)
@pytest.mark.parametrize("unit", ["> ", ">", "**", "`", "**a", "&gt;", "<br", "<b ", " \t", "```\n", "<pre "])
def test_no_pattern_backtracks_badly(unit):
    printed((unit * 20_000)[:20_000] + "\n&nbsp;<br>\n")
