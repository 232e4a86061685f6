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
        (
            "a: 50%|█ | 1/2 [1s, x=3]a: 100%|██| 2/2 [2s, x=4]\n",
            "a: 50%|█ | 1/2 [1s, x=3]\na: 100%|██| 2/2 [2s, x=4]\n",
        ),
        ("9/9 [==] - 3s - loss: 1\n- val_loss: 2\n", "9/9 [==] - 3s - loss: 1 - val_loss: 2\n"),
        ("9/9 - 3s - loss: 1 -\nacc: 2 -\n mse: 3\n", "9/9 - 3s - loss: 1 - acc: 2 - mse: 3\n"),
        ("epoch 1 \u200bloss: 1 val_\u00adloss: 2\ufeff\n", "epoch 1 loss: 1 val_loss: 2\n"),
        ("epoch 1 loss: 1 val_\nloss: 2\n", "epoch 1 loss: 1 val_loss: 2\n"),
        (
            "Epoch 1/3 loss: 3 Epoch 2/3 loss: 2 Epoch 3/3 loss: 1",
            "Epoch 1/3 loss: 3 \nEpoch 2/3 loss: 2 \nEpoch 3/3 loss: 1",
        ),
    ],
)
def test_a_way_of_showing(shown, was):
    assert printed(shown) == was


@pytest.mark.parametrize(
    "text",
    [
        "a > b\nc\n",
        "x ** 2 ** 3\n",
        "one ` alone\n",
        "if a < b and b > c:\n",
        "epoch 1: loss 0.5\n",
        "",
        "best epoch 3 of 9",
        "a_\nb c\n",
    ],
)
def test_what_shows_nothing_of_the_kind_stays(text):
    assert printed(text) == text


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "unit", ["> ", ">", "**", "`", "**a", "&gt;", "<br", "<b ", " \t", "```\n", "<pre ", "]%|", "] ]9%|"]
)
def test_no_pattern_backtracks_badly(unit):
    printed((unit * 20_000)[:20_000] + "\n&nbsp;<br>\n")
