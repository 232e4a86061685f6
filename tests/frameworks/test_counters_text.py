"""What a counter counts is told by the lines around it: headers of a step, bare counters, rounds, the ends of an evaluation."""

from nbdiag.collect import collect


def told(text):
    return {
        (curve.split, curve.metric): [
            (None if epoch != epoch else epoch, None if step != step else step, value)
            for epoch, step, value in zip(
                curve.epochs.tolist(), curve.steps.tolist(), curve.values.tolist(), strict=True
            )
        ]
        for run in collect(text)
        for curve in (*run.curves("epoch"), *run.curves("step"))
    }


def test_values_below_a_step_of_its_own():
    text = "".join(f"Iteration {i * 10}\n  train loss: {1 / i:.3f}\n  val loss: {2 / i:.3f}\n" for i in (1, 2, 4))
    assert told(text) == {
        ("train", "loss"): [(None, 10, 1.0), (None, 20, 0.5), (None, 40, 0.25)],
        ("val", "loss"): [(None, 10, 2.0), (None, 20, 1.0), (None, 40, 0.5)],
    }


def test_a_step_within_an_epoch():
    text = "".join(f"Epoch {e}\nStep {s}\nloss: {1 / (e + s):.4f}\n" for e in (1, 2) for s in (5, 10))
    assert [(e, s) for e, s, _ in told(text)["train", "loss"]] == [(1, 5), (1, 10), (2, 5), (2, 10)]


def test_what_stands_several_times_below_a_step_counts_no_more():
    text = "".join(f"Step {i}\nloss: 0.{i}1\nloss: 0.{i}2\n" for i in (1, 2, 3))
    assert len(told(text).get(("train", "loss"), [])) <= 1


def test_a_sentence_with_a_step_is_no_header():
    assert told("".join(f"Processing batch {i} of files\nloss: 0.{i}1\n" for i in (1, 2, 3))) == {}


def test_a_solver_s_iterations():
    assert told("".join(f"Iteration {i}/50\n  Residual error: 0.{9 - i}\n" for i in (1, 2, 3))) == {}


def test_bare_counters_of_several_losses_count_epochs_where_they_go_one_by_one():
    line = "[{}/40] Loss_D: {:.3f} Loss_G: 1.5\n"
    one_by_one = told("".join(line.format(i, 1 / i) for i in (1, 2, 3)))
    assert one_by_one["train", "loss_d"] == [(1, None, 1.0), (2, None, 0.5), (3, None, 0.333)]
    assert told("".join(line.format(i, 1 / i) for i in (10, 20, 30))) == {}
    assert told("".join(f"[{i}/40] lr=0.1 loss: 0.{i}\n" for i in (1, 2, 3))) == {}


def test_rounds_of_a_training_and_of_a_game():
    federated = told("".join(f"Round {i}, train loss: {1 / i:.3f}, test accuracy: 0.{i}1\n" for i in (1, 2, 3)))
    assert federated["train", "loss"] == [(1, None, 1.0), (2, None, 0.5), (3, None, 0.333)]
    assert told("".join(f"Round {i}\nloss: 0.{i}5, bank: 10.5\n" for i in (1, 2, 3))) == {}


def test_the_end_of_an_evaluation_is_its_result_unless_its_way_was_told():
    step = "Epoch(train) [{0}][50/100] loss: {1:.3f}\n"
    result = "Epoch(val) [{0}][20/20] accuracy: 0.{0}1 time: 0.1\n"
    way = "Epoch(val) [{0}][10/20] accuracy: 0.{0}2 time: 0.1\n"
    found = told("".join((step + result).format(e, 1 / e) for e in (1, 2, 3)))
    assert found["val", "accuracy"] == [(1, None, 0.11), (2, None, 0.21), (3, None, 0.31)]
    assert ("val", "accuracy") not in told("".join((step + way + result).format(e, 1 / e) for e in (1, 2, 3)))


def test_epochs_and_steps_in_brackets():
    for word, place in (("epoch", 0), ("step", 1)):
        found = told("".join(f"[{word}:{i}] loss: {1 / i:.3f}\n" for i in (1, 2, 3)))["train", "loss"]
        assert [row[place] for row in found] == [1, 2, 3]


def test_a_loss_named_after_a_fraction_is_no_percentage():
    found = told("".join(f"epoch: {i}, iou_loss: {i}.5, dice_loss: {i}.25\n" for i in (1, 2)))
    assert [value for _, _, value in found["train", "iou_loss"]] == [1.5, 2.5]


def test_the_same_name_twice_on_a_line_is_the_first():
    found = told(
        "".join(f"Epoch {i}, loss[loss={i}.5, over 10 frames], tot_loss[loss={i}.75, over 90 frames]\n" for i in (1, 2))
    )
    assert [value for _, _, value in found["train", "loss"]] == [1.5, 2.5]


def test_an_epoch_named_below_its_steps_is_theirs():
    steps = "Iter: {0}00, Train Loss: {1:.3f}\n"
    text = "".join(
        "".join(steps.format(s, 1 / (e + s)) for s in (1, 2))
        + f"Epoch: {e}, Train Loss: 0.{e}, Training Time: 3.5/epoch\n"
        for e in (1, 2, 3)
    )
    found = told(text)["train", "loss"]
    assert [(e, s) for e, s, _ in found if s is not None] == [
        (None, 100),
        (None, 200),
        (2, 100),
        (2, 200),
        (3, 100),
        (3, 200),
    ]


def test_an_epoch_named_above_its_steps_is_theirs():
    text = "step 0: val loss 2.5\n" + "".join(
        f"Epoch {e}\n" + "".join(f"step {s}: loss {1 / (e + s):.3f}\n" for s in (1, 2)) for e in (1, 2)
    )
    assert [(e, s) for e, s, _ in told(text)["train", "loss"]] == [(1, 1), (1, 2), (2, 1), (2, 2)]
