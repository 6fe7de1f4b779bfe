"""The fit of the refusal, on features made by hand."""

import numpy as np
import pytest
from fit import ASKED_ONLY, Look, Measured, choose, figures, fit

NAMES = ("told", "noise", "missing_anchor")


def made(name: str, seed: int, *, same: bool = True) -> Measured:
    """Two passages a question: the first is told apart by `told`, the second by nothing."""
    drawn = np.random.default_rng(seed)
    looks = []
    for n in range(200):
        answerable = n % 2 == 0
        told = drawn.normal(2.0 if answerable else 0.0)
        features = np.array([[told, drawn.normal(), 0.0], [0.0, drawn.normal(), 0.0]])
        looks.append(Look(features, np.array([9.0, -9.0]), np.full(2, same), answerable))
    return Measured(name, NAMES, tuple(looks))


@pytest.fixture
def sets():
    return [made("a", 1), made("b", 2), made("c", 3, same=False)]


def test_what_tells_the_sides_apart_gets_the_weight(sets):
    models = fit(sets)
    for model in models.values():
        assert model["told"] > 1
        assert abs(model["noise"]) < 0.5


def test_the_bias_refuses_the_share_that_is_asked_for(sets):
    for shares in ({True: 0.02, False: 0.10}, {True: 0.10, False: 0.02}):
        models = fit(sets, shares)
        for same, kinds in ((True, sets[:2]), (False, sets[2:])):
            refused = [figures(one, models)[3] for one in kinds]
            assert np.mean(refused) == pytest.approx(shares[same], abs=0.011)


def test_what_is_only_asked_moves_no_weight(sets):
    asked_only = [made(name, 4 + n) for n, name in enumerate(sorted(ASKED_ONLY))]
    assert len(asked_only) == 4
    assert fit([*sets, *asked_only]) == fit(sets)


def test_a_weight_set_by_hand_is_kept(sets):
    from qa import weights

    assert fit(sets)[True]["missing_anchor"] == weights.SAME_SCRIPT["missing_anchor"]


def test_a_passage_is_chosen_by_score_and_verdict_together():
    look = Look(
        features=np.array([[0.0], [5.0]]),
        scores=np.array([1.0, 0.0]),
        same=np.array([True, False]),
        answerable=True,
    )
    one = Measured("one", ("told",), (look,))
    weak = {True: {"bias": 0.0, "told": 0.1}, False: {"bias": 0.0, "told": 0.1}}
    strong = {True: {"bias": 0.0, "told": 1.0}, False: {"bias": 0.0, "told": 1.0}}
    assert len(choose(one, weak, True).logits) == 1
    assert choose(one, strong, False).logits == pytest.approx([5.0])
