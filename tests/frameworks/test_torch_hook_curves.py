"""What the PyTorch hook tells of loops that print nothing is what the loop itself computed, to the last bit."""

from __future__ import annotations

import gc
import itertools
import time
import weakref

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from nbdiag.collect import Collector
from nbdiag.events import Begin, End, Record
from tests.frameworks import torch_loops as loops

pytestmark = pytest.mark.frameworks


def names(run):
    return {f"{c.name}/{c.per}" for c in (*run.curves("epoch"), *run.curves("step"))}


def test_loaders_give_steps_epochs_and_validation():
    seen, means, vals = [], [], []

    def train():
        torch.manual_seed(0)
        train_loader, val_loader = loops.loaders()
        model, criterion = loops.network(), nn.CrossEntropyLoss()
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        for _ in range(3):
            total = count = 0.0
            for x, y in train_loader:
                optimizer.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                optimizer.step()
                seen.append(loss.item())
                total, count = total + loss.item() * len(y), count + len(y)
            means.append(total / count)
            vals.append(loops.evaluate(model, val_loader, criterion))

    (run,) = loops.runs(train)
    steps = run.curve("loss", "train", "step")
    assert steps.values.tolist() == seen
    assert steps.steps.tolist() == list(range(1, 25))
    np.testing.assert_allclose(steps.epochs, np.arange(1, 25) / 8)
    np.testing.assert_allclose(run.curve("loss", "train", "epoch").values, means, rtol=1e-12)
    np.testing.assert_allclose(run.curve("loss", "val").values, [loss for loss, _ in vals], rtol=1e-12)
    np.testing.assert_allclose(run.curve("accuracy", "val").values, [right for _, right in vals], rtol=1e-12)
    assert run.curve("loss", "val").epochs.tolist() == [1, 2, 3]
    facts = run.facts
    assert (facts.n_train, facts.n_val, facts.batch_size, facts.n_classes, facts.steps_per_epoch) == (240, 80, 32, 3, 8)
    assert (facts.loss, facts.optimizer, facts.learning_rate, facts.shuffle) == ("cross_entropy", "Adam", 0.01, True)
    assert facts.origins["n_train"] == "object"


def test_slow_steps_have_their_right_predictions_counted():
    right = []

    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(2):
            count = 0
            for x, y in loops.loaders()[0]:
                out = model(x)
                F.cross_entropy(out, y).backward()
                optimizer.step()
                time.sleep(0.02)
                count += (out.argmax(1) == y).sum().item()
            right.append(count / 240)

    (run,) = loops.runs(train)
    accuracy = run.curve("accuracy", "train")
    assert accuracy.epochs.tolist()[-1] == 2
    assert accuracy.values[-1] == right[-1]


def test_a_short_last_batch_weighs_less():
    losses = []

    def train():
        loader = torch.utils.data.DataLoader(loops.sets()[0], 100)
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())

    (run,) = loops.runs(train)
    assert run.curve("loss", "train", "epoch").values[0] == pytest.approx(np.average(losses, weights=[100, 100, 40]))


def test_micro_batches_are_summed_to_one_step():
    losses = []

    def train():
        train_loader, val_loader = loops.loaders(batch=16)
        model, criterion = loops.network(), nn.CrossEntropyLoss()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(2):
            for i, (x, y) in enumerate(train_loader, 1):
                loss = criterion(model(x), y)
                loss /= 3
                loss.backward()
                losses.append(loss.item())
                if i % 3 == 0:
                    optimizer.step()
                    optimizer.zero_grad()
            loops.evaluate(model, val_loader, criterion)

    (run,) = loops.runs(train)
    steps = run.curve("loss", "train", "step")
    np.testing.assert_allclose(steps.values, np.reshape(losses, (-1, 3)).sum(1), rtol=1e-12)
    assert len(run.curve("loss", "val")) == 2


def test_a_grad_scaler_is_divided_out_and_a_skipped_step_counted():
    losses = []

    def train():
        torch.manual_seed(0)
        train_loader, _ = loops.loaders()
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)
        for x, y in train_loader:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x * 1000), y)
            scaler.scale(loss).backward()
            scaler.step(optimizer)
            scaler.update()
            losses.append(loss.item())
        assert scaler.get_scale() < 2.0**127

    (run,) = loops.runs(train)
    np.testing.assert_allclose(run.curve("loss", "train", "step").values, losses, rtol=1e-6)


def test_two_optimizers_are_two_losses():
    a, b = [], []

    def train():
        one, two = loops.network(), loops.network()
        first, second = torch.optim.SGD(one.parameters(), 0.1), torch.optim.Adam(two.parameters(), 0.01)
        for x, y in loops.loaders()[0]:
            for model, optimizer, seen in ((one, first, a), (two, second, b)):
                loss = F.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
                seen.append(loss.item())

    (run,) = loops.runs(train)
    assert run.curve("loss", "train", "step").values.tolist() == a
    assert run.curve("loss_2", "train", "step").values.tolist() == b


@pytest.mark.parametrize("parts", [1, 2])
def test_a_sum_of_losses_is_not_taken_for_their_mean(parts):
    """A discriminator's two losses: their level says nothing of chance."""

    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for x, y in loops.loaders()[0]:
            optimizer.zero_grad()
            for _ in range(parts):
                F.cross_entropy(model(x), y).backward()
            optimizer.step()

    (run,) = loops.runs(train)
    assert run.facts.loss == ("cross_entropy" if parts == 1 else None)


def test_two_optimizers_of_one_loss_are_one_curve():
    def train():
        model = loops.network()
        halves = [torch.optim.SGD(model[i].parameters(), 0.1) for i in (0, 3)]
        for x, y in loops.loaders()[0]:
            F.cross_entropy(model(x), y).backward()
            for optimizer in halves:
                optimizer.step()

    (run,) = loops.runs(train)
    assert [metric for metric in run.metrics if "loss" in metric] == ["loss"]  # accuracy is told where steps are slow
    assert len(run.curve("loss", "train", "step")) == 8


def test_folds_are_runs_of_their_own():
    def train():
        for _ in range(3):
            model = loops.network()
            optimizer = torch.optim.SGD(model.parameters(), 0.1)
            train_loader, val_loader = loops.loaders()
            time.sleep(0.05)  # until the norm of a gradient may be looked at again
            for _ in range(2):
                for x, y in train_loader:
                    F.cross_entropy(model(x), y).backward()
                    optimizer.step()
                loops.evaluate(model, val_loader, F.cross_entropy)

    found = loops.runs(train)
    assert [r.number for r in found] == [1, 2, 3]
    for run in found:
        assert run.curve("loss", "train", "step").steps.tolist() == list(range(1, 17))
        assert run.curve("loss", "train", "epoch").epochs.tolist() == [1, 2]
        assert run.curve("loss", "val").epochs.tolist() == [1, 2]
        assert run.curve("gradient_norm", "train", "step") is not None


def test_without_a_loader_no_epoch_is_invented_and_nothing_is_validation():
    def train():
        data = loops.sets()[0]
        inputs, targets = data.tensors
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(3):
            for chosen in torch.randperm(240).split(60):
                F.cross_entropy(model(inputs[chosen]), targets[chosen]).backward()
                optimizer.step()
            with torch.no_grad():
                F.cross_entropy(model(inputs), targets)

    (run,) = loops.runs(train)
    assert "train:loss/step" in names(run)
    assert not any(name.startswith("val") or name.endswith("/epoch") for name in names(run))
    assert np.isnan(run.curve("loss", "train").epochs).all()


def test_a_fresh_iterator_for_each_batch_is_no_epoch():
    def train():
        loader = loops.loaders()[0]
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(20):
            x, y = next(iter(loader))
            F.cross_entropy(model(x), y).backward()
            optimizer.step()

    (run,) = loops.runs(train)
    steps = run.curve("loss", "train", "step")
    assert len(steps) == 20
    assert np.isnan(steps.epochs).all()
    assert run.curve("loss", "train", "epoch") is None


@pytest.mark.parametrize("kept", [list, itertools.cycle], ids=["a list", "a cycle"])
def test_batches_that_are_kept_are_no_epochs(kept):
    losses = []

    def train():
        loader = loops.loaders()[0]
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _, (x, y) in zip(range(400), itertools.cycle(kept(loader)), strict=False):
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
            time.sleep(0.002)

    (run,) = loops.runs(train)
    steps = run.curve("loss", "train", "step")
    assert steps.values.tolist() == losses
    assert run.curve("loss", "train", "epoch") is None
    assert np.isnan(steps.epochs[8:]).sum() > 200  # in a cycle the first steps are an epoch's, until it goes on


def test_data_that_was_counted_before_is_not_what_is_trained_on():
    def train():
        data = loops.sets()[0]
        mean = torch.cat([x for x, _ in torch.utils.data.DataLoader(data, 100)]).mean()
        inputs, targets = data.tensors
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for chosen in torch.randperm(240).split(60):
            F.cross_entropy(model(inputs[chosen] - mean), targets[chosen]).backward()
            optimizer.step()

    (run,) = loops.runs(train)
    assert (run.facts.n_train, run.facts.batch_size) == (None, None)
    assert np.isnan(run.curve("loss", "train", "step").epochs).all()


def test_weights_updated_by_hand_give_a_step_for_each_backward():
    losses = []

    def train():
        x = torch.linspace(-1, 1, 100)
        weights = torch.zeros(3, requires_grad=True)
        for _ in range(300):
            loss = ((weights[0] + weights[1] * x + weights[2] * x**2 - x.exp()) ** 2).mean()
            loss.backward()
            losses.append(loss.item())
            with torch.no_grad():
                weights -= 0.1 * weights.grad
                weights.grad = None

    (run,) = loops.runs(train)
    assert run.curve("loss", "train", "step").values.tolist() == losses


def test_gradients_nobody_learns_from_are_no_training():
    def attack():
        model = loops.network()
        for x, y in loops.loaders()[0]:
            x.requires_grad = True
            F.cross_entropy(model(x), y).backward()
            loops.evaluate(model, [(x + 0.1 * x.grad.sign(), y)], F.cross_entropy)
            model.zero_grad()

    assert loops.runs(attack) == []


def test_a_closure_counts_once():
    firsts = []

    def train():
        x = torch.randn(50, 8)
        y = x.sum(1, keepdim=True)
        model = nn.Linear(8, 1)
        optimizer = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=5)
        for _ in range(4):
            values = []

            def closure():
                optimizer.zero_grad()
                loss = F.mse_loss(model(x), y)
                loss.backward()
                values.append(loss.item())  # noqa: B023
                return loss

            optimizer.step(closure)
            firsts.append(values[0])

    (run,) = loops.runs(train)
    assert run.curve("loss", "train", "step").values.tolist() == firsts


class Stream(torch.utils.data.IterableDataset):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return ((torch.full((8,), i % 7 - 3.0), i % 3) for i in range(self.count))


@pytest.mark.parametrize(
    "make",
    [
        loops.loaders,
        lambda: loops.loaders(num_workers=1, persistent_workers=True),
        lambda: tuple(torch.utils.data.DataLoader(list(part), 32) for part in loops.sets()),
        lambda: tuple(torch.utils.data.DataLoader(Stream(n), 32) for n in (240, 80)),
    ],
    ids=["plain", "persistent workers", "lists", "without a length"],
)
@pytest.mark.parametrize("within", [False, True], ids=["after each epoch", "within the epoch"])
@pytest.mark.filterwarnings("error")
def test_every_loader_gives_epochs_and_validation(make, within):
    def train():
        train_loader, val_loader = make()
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.05)
        for _ in range(3):
            for i, (x, y) in enumerate(train_loader, 1):
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
                if within and i % 4 == 0:
                    loops.evaluate(model, val_loader, F.cross_entropy)
            if not within:
                loops.evaluate(model, val_loader, F.cross_entropy)

    (run,) = loops.runs(train)
    assert set(run.splits) == {"train", "val"}
    assert len(run.curve("loss", "train", "step")) == 24
    assert run.curve("loss", "train", "epoch").epochs.tolist() == [1, 2, 3]
    val = run.curve("loss", "val")
    # Without a length nobody knows how far in its epoch an evaluation is: the last one stands for it.
    parts = within and run.facts.steps_per_epoch
    assert val.epochs.tolist() == ([0.5, 1, 1.5, 2, 2.5, 3] if parts else [1, 2, 3])


def test_the_training_set_looked_at_again_is_not_validation():
    def train():
        train_loader, _ = loops.loaders()
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        again = torch.utils.data.DataLoader(train_loader.dataset, 64)
        for _ in range(2):
            for x, y in train_loader:
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            loops.evaluate(model, again, F.cross_entropy)

    (run,) = loops.runs(train)
    assert run.splits == ["train", "eval"]


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
@pytest.mark.parametrize(("first", "split"), [(160, "val"), (159, "eval")])
def test_two_samplers_of_one_data_set_are_two_sets_where_no_sample_is_in_both(kind, first, split):
    def train():
        data = loops.sets()[0]
        sampler, loader = torch.utils.data.SubsetRandomSampler, torch.utils.data.DataLoader
        chosen = kind(list(range(160))), kind(list(range(first, 240)))
        train_loader, other = (loader(data, 32, sampler=sampler(indices)) for indices in chosen)
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(2):
            for x, y in train_loader:
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
            loops.evaluate(model, other, F.cross_entropy)

    (run,) = loops.runs(train)
    assert run.splits == ["train", split]
    assert run.curve("loss", split).epochs.tolist() == [1, 2]
    assert (run.facts.n_train, run.facts.shuffle) == (160, True)


@pytest.mark.parametrize(
    "criterion",
    [
        lambda out, y: F.cross_entropy(out, y) + 1e-3 * out.pow(2).sum(),
        lambda out, y: F.cross_entropy(out, y) * 100,
        lambda out, y: F.cross_entropy(out, y, reduction="sum"),
        lambda out, y: F.multi_margin_loss(out, y),
    ],
    ids=["sum of parts", "scaled", "sum over samples", "another function"],
)
def test_validation_in_another_unit_than_training_gives_no_curve(criterion):
    def train():
        train_loader, val_loader = loops.loaders()
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.001)
        for _ in range(2):
            for x, y in train_loader:
                criterion(model(x), y).backward()
                optimizer.step()
            loops.evaluate(model, val_loader, F.cross_entropy)

    (run,) = loops.runs(train)
    assert run.curve("loss", "val") is None
    assert len(run.curve("loss", "train", "step")) == 16


def test_label_smoothing_is_known_and_compared_only_with_itself():
    def train(val):
        def loop():
            train_loader, val_loader = loops.loaders()
            model, criterion = loops.network(), nn.CrossEntropyLoss(label_smoothing=0.1)
            optimizer = torch.optim.SGD(model.parameters(), 0.1)
            for _ in range(2):
                for x, y in train_loader:
                    loss = criterion(model(x), y)
                    loss.backward()
                    optimizer.step()
                loops.evaluate(model, val_loader, val or criterion)

        return loop

    (same,) = loops.runs(train(None))
    assert same.facts.label_smoothing == 0.1
    assert len(same.curve("loss", "val")) == 2
    (other,) = loops.runs(train(F.cross_entropy))
    assert other.curve("loss", "val") is None


def test_another_hook_that_knows_the_loop_silences_this_one():
    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for x, y in loops.loaders()[0]:
            F.cross_entropy(model(x), y).backward()
            optimizer.step()

    events = loops.told(train)
    collector = Collector()
    collector.event(Begin("lightning", exact=True), 0.0)
    collector.event(events[0], 0.1)
    collector.event(Record("loss", "train", 0.5, epoch=1.0), 0.2)
    collector.event(End(), 0.3)
    for event in events[1:]:  # told late: the training they belong to is over by now
        collector.event(event, 0.4)
    collector.close()
    assert [(r.framework, len(r)) for r in collector.runs] == [("lightning", 1)]


def test_nothing_of_the_training_is_kept_alive():
    with_hook = []

    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        loader = loops.loaders()[0]
        for x, y in loader:
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            optimizer.step()
        with_hook.extend(weakref.ref(thing) for thing in (model, optimizer, loader, loss))
        del model, optimizer, loader, loss, x, y
        gc.collect()
        assert [ref() for ref in with_hook] == [None] * 4

    loops.runs(train)


def fetched_ahead(loader):
    """As Accelerate does, to know which batch is an epoch's last."""
    batches = iter(loader)
    following = next(batches)
    while following is not None:
        batch, following = following, next(batches, None)
        yield batch


def test_batches_fetched_ahead_have_their_own_places_and_weights():
    means = []

    def train():
        loader = torch.utils.data.DataLoader(loops.sets()[0], 100, shuffle=True)
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(3):
            total = 0.0
            for x, y in fetched_ahead(loader):
                loss = F.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(y)
            means.append(total / 240)

    (run,) = loops.runs(train)
    np.testing.assert_allclose(run.curve("loss", "train", "step").epochs, np.arange(1, 10) / 3)
    np.testing.assert_allclose(run.curve("loss", "train", "epoch").values, means, rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "shuffled"),
    [
        (lambda data: {"shuffle": True}, True),
        (lambda data: {}, False),
        (lambda data: {"sampler": torch.utils.data.DistributedSampler(data, 2, 0)}, True),
        (lambda data: {"sampler": torch.utils.data.WeightedRandomSampler([1.0] * len(data), 64)}, None),
        (
            lambda data: {
                "batch_sampler": torch.utils.data.BatchSampler(torch.utils.data.RandomSampler(data), 16, False)
            },
            True,
        ),
    ],
)
def test_whether_samples_are_shuffled_is_known_or_not_said(make, shuffled):
    def train():
        data = loops.sets()[0]
        options = make(data)
        loader = torch.utils.data.DataLoader(
            data, **({} if "batch_sampler" in options else {"batch_size": 16}), **options
        )
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for x, y in loader:
            F.cross_entropy(model(x), y).backward()
            optimizer.step()

    (run,) = loops.runs(train)
    assert run.facts.shuffle is shuffled
    assert run.facts.batch_size == 16


def test_the_rate_is_known_as_it_was_at_the_first_step():
    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.8)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
        for x, y in loops.loaders()[0]:
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
            scheduler.step()

    (run,) = loops.runs(train)
    assert run.facts.learning_rate == run.curve("learning_rate", "train", "step").values[0] == 0.8


@pytest.mark.parametrize("pauses", [0.02, 0.0], ids=["slow, then quick", "quick, then slow"])
def test_the_training_accuracy_does_not_begin_in_the_middle(pauses):
    def train():
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        loader = loops.loaders(batch=8)[0]
        for pause in (pauses, 0.02 - pauses):
            for x, y in loader:
                F.cross_entropy(model(x), y).backward()
                optimizer.step()
                time.sleep(pause)

    (run,) = loops.runs(train)
    accuracy = run.curve("accuracy", "train")
    assert accuracy is None or accuracy.epochs[0] == 1
