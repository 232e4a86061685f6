"""Which passes over loaders are trained on, which are epochs and which only look at the loss: no mean is of anything else."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from tests.frameworks import torch_loops as loops

pytestmark = pytest.mark.frameworks


class Loop:
    """A model, its optimizer, and what a loop itself knows of each step and each epoch."""

    def __init__(self, rate=0.1):
        self.model = loops.network()
        self.optimizer = torch.optim.SGD(self.model.parameters(), rate)
        self.steps, self.means = [], []
        self._total, self._count = 0.0, 0

    def step(self, x, y, *, extra=None):
        loss = F.cross_entropy(self.model(x), y)
        if extra is not None:
            loss = loss + extra
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.steps.append(loss.item())
        self._total, self._count = self._total + loss.item() * len(y), self._count + len(y)

    def epoch(self):
        self.means.append(self._total / self._count)
        self._total, self._count = 0.0, 0


def told(run, split="train"):
    """Places and values of the losses of a split's epochs."""
    curve = run.curve("loss", split, "epoch")
    return ([], []) if curve is None else (curve.epochs.tolist(), curve.values.tolist())


def check(loop, run):
    places, means = told(run)
    assert run.curve("loss", "train", "step").values.tolist() == loop.steps
    assert places == list(range(1, len(loop.means) + 1))
    np.testing.assert_allclose(means, loop.means, rtol=1e-12)


def side_by_side(loop):
    first, second = DataLoader(loops.sets()[0], 40), DataLoader(loops.sets()[1], 30)
    for _ in range(3):
        for (x, y), (u, v) in zip(first, second, strict=False):
            loop.step(x, y, extra=F.cross_entropy(loop.model(u), v))
        loop.means.append(np.average(loop.steps[-3:], weights=[30, 30, 20]))


def unlabelled_ones_begin_again(loop):
    train, other = (DataLoader(part, 30, shuffle=True) for part in loops.sets())
    batches = iter(other)
    for _ in range(3):
        for x, y in train:
            try:
                u, _ = next(batches)
            except StopIteration:
                batches = iter(other)
                u, _ = next(batches)
            loop.step(x, y, extra=loop.model(u).pow(2).mean())
        loop.epoch()


def a_batch_of_validation_after_each_step(loop):
    train, val = DataLoader(loops.sets()[0], 30, shuffle=True), DataLoader(loops.sets()[1], 8)
    batches = iter(val)
    for _ in range(3):
        for x, y in train:
            loop.step(x, y)
            u, v = next(batches, (None, None))
            if u is not None:
                with torch.no_grad():
                    F.cross_entropy(loop.model(u), v)
        loop.epoch()


def a_teacher_is_asked_first(loop):
    teacher = loops.network().eval()
    for _ in range(3):
        for x, y in DataLoader(loops.sets()[0], 30, shuffle=True):
            with torch.no_grad():
                F.cross_entropy(teacher(x), y)
            loop.step(x, y)
        loop.epoch()


def an_iterator_begins_again(loop):
    train = DataLoader(loops.sets()[0], 30)
    batches = iter(train)
    for step in range(1, 25):
        try:
            x, y = next(batches)
        except StopIteration:
            batches = iter(train)
            x, y = next(batches)
        loop.step(x, y)
        if step % 8 == 0:
            loop.epoch()


def a_pool_grows(loop):
    for count in (60, 120, 180):
        subset = torch.utils.data.Subset(loops.sets()[0], range(count))
        for x, y in DataLoader(subset, 30, shuffle=True):
            loop.step(x, y)
        loop.epoch()


def the_last_epoch_is_broken_off(loop):
    for epoch in range(3):
        for i, (x, y) in enumerate(DataLoader(loops.sets()[0], 30, shuffle=True)):
            if epoch == 2 and i == 5:
                return
            loop.step(x, y)
        loop.epoch()


def a_new_epoch_breaks_at_once(loop):
    train = DataLoader(loops.sets()[0], 30, shuffle=True)
    for x, y in train:
        loop.step(x, y)
    loop.epoch()
    loop.step(*next(iter(train)))


def each_epoch_has_five_steps(loop):
    for _ in range(3):
        for _, (x, y) in zip(range(5), DataLoader(loops.sets()[0], 30, shuffle=True), strict=False):
            loop.step(x, y)
        loop.epoch()


class Stream(torch.utils.data.IterableDataset):
    def __iter__(self):
        while True:
            yield torch.randn(8), 1


def a_stream_without_an_end(loop):
    for _, (x, y) in zip(range(30), DataLoader(Stream(), 8), strict=False):
        loop.step(x, y)


@pytest.mark.parametrize(
    "train",
    [
        side_by_side,
        unlabelled_ones_begin_again,
        a_batch_of_validation_after_each_step,
        a_teacher_is_asked_first,
        an_iterator_begins_again,
        a_pool_grows,
        the_last_epoch_is_broken_off,
        a_new_epoch_breaks_at_once,
        each_epoch_has_five_steps,
        a_stream_without_an_end,
    ],
)
def test_an_epoch_is_a_pass_over_what_is_trained_on(train):
    loop = Loop()
    (run,) = loops.runs(lambda: train(loop))
    check(loop, run)


def test_several_losses_of_a_batch_weigh_as_their_batch():
    """The last batch is a short one, and the loop is over before anybody looks."""
    one, two = Loop(), loops.network()
    other = torch.optim.SGD(two.parameters(), 0.1)

    def train():
        for _ in range(4):
            for x, y in DataLoader(loops.sets()[0], 100, shuffle=True):
                one.step(x, y)
                other.zero_grad()
                F.cross_entropy(two(x), y).backward()
                other.step()
            one.epoch()

    (run,) = loops.runs(train)
    check(one, run)


@pytest.mark.parametrize("by_hand", ["in place", "through .data", "by an optimizer of one's own"])
def test_weights_updated_without_an_optimizer_have_epochs_too(by_hand):
    loop = Loop()
    weights = list(loop.model.parameters())

    class Own:
        def zero_grad(self):
            loop.model.zero_grad()

        def step(self):
            for p in weights:
                if by_hand == "through .data":
                    p.data.add_(p.grad.data, alpha=-0.1)
                else:
                    with torch.no_grad():
                        p -= 0.1 * p.grad

    loop.optimizer = Own()

    def train():
        for _ in range(3):
            for x, y in DataLoader(loops.sets()[0], 30, shuffle=True):
                loop.step(x, y)
            loop.epoch()

    (run,) = loops.runs(train)
    check(loop, run)
    np.testing.assert_allclose(run.curve("loss", "train", "step").epochs, np.arange(1, 25) / 8)


def test_fewer_micro_batches_at_an_epochs_end_do_not_lower_its_mean():
    loop = Loop()

    def train():
        loader = DataLoader(loops.sets()[0], 30)  # 8 batches: 3, 3 and 2
        for _ in range(3):
            total = 0.0
            for i, (x, y) in enumerate(loader, 1):
                loss = F.cross_entropy(loop.model(x), y)
                (loss / 3).backward()
                total += loss.item()
                if i % 3 == 0 or i == len(loader):
                    loop.optimizer.step()
                    loop.optimizer.zero_grad()
            loop.means.append(total / 8)

    (run,) = loops.runs(train)
    np.testing.assert_allclose(told(run)[1], loop.means, rtol=1e-6)


def validated(loop, validate, **options):
    train, val = loops.loaders(**options)
    for _ in range(3):
        for i, (x, y) in enumerate(train, 1):
            loop.step(x, y)
            if i % 4 == 0:
                with torch.no_grad():
                    validate(val)


@pytest.mark.parametrize("options", [{}, {"num_workers": 1, "persistent_workers": True}], ids=["plain", "persistent"])
def test_the_next_training_loss_is_no_part_of_validation(options):
    loop, seen = Loop(), []
    (run,) = loops.runs(
        lambda: validated(loop, lambda val: seen.append(loops.evaluate(loop.model, val, F.cross_entropy)[0]), **options)
    )
    np.testing.assert_allclose(told(run, "val")[1], seen, rtol=1e-12)


def test_validation_of_more_than_one_output_gives_no_curve():
    loop = Loop()
    auxiliary = nn.Linear(8, 3)

    def validate(val):
        for x, y in val:
            F.cross_entropy(loop.model(x), y)
            F.cross_entropy(auxiliary(x), y)

    (run,) = loops.runs(lambda: validated(loop, validate))
    assert run.splits == ["train"]


def test_a_loss_computed_twice_of_one_output_is_counted_once():
    loop, seen = Loop(), []

    def validate(val):
        total = 0.0
        for x, y in val:
            out = loop.model(x)
            total += F.cross_entropy(out, y).item() * len(y)
            F.cross_entropy(out, y)
        seen.append(total / 80)

    (run,) = loops.runs(lambda: validated(loop, validate))
    np.testing.assert_allclose(told(run, "val")[1], seen, rtol=1e-12)


def test_validation_that_was_broken_off_is_left_out():
    loop, left = Loop(), [4]

    def validate(val):
        left[0] -= 1
        for x, y in DataLoader(val.dataset, 20):
            F.cross_entropy(loop.model(x), y)
            if not left[0]:
                raise KeyboardInterrupt

    def train():
        with pytest.raises(KeyboardInterrupt):
            validated(loop, validate)

    (run,) = loops.runs(train)
    assert told(run, "val")[0] == [0.5, 1, 1.5]


def test_padding_is_neither_right_nor_wrong():
    right = []

    def train():
        loader = DataLoader(loops.sets()[0], 60)
        model = loops.network()
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        for _ in range(2):
            for x, y in loader:
                F.cross_entropy(model(x), y, ignore_index=0).backward()
                optimizer.step()
            model.eval()
            with torch.no_grad():
                for x, y in DataLoader(loops.sets()[1], 80):
                    out = model(x)
                    F.cross_entropy(out, y, ignore_index=0)
                    right.append((out.argmax(1) == y)[y != 0].float().mean().item())

    (run,) = loops.runs(train)
    assert run.curve("accuracy", "val").values.tolist() == pytest.approx(right)


def test_a_rate_belongs_to_the_step_that_used_it():
    used, loop = [], Loop()

    def train():
        scheduler = torch.optim.lr_scheduler.StepLR(loop.optimizer, 1, 0.5)
        train, val = loops.loaders()
        for _ in range(3):
            for x, y in train:
                used.append(loop.optimizer.param_groups[0]["lr"])
                loop.step(x, y)
            scheduler.step()
            loops.evaluate(loop.model, val, F.cross_entropy)

    (run,) = loops.runs(train)
    rates = run.curve("learning_rate", "train", "step")
    assert rates.values.tolist() == [used[int(step) - 1] for step in rates.steps]
    assert rates.steps.tolist() == [1, 9, 17]
