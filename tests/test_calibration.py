"""From raw scores to decisions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from narratives.calibration import Calibration
from narratives.errors import ModelError

FIGURES = st.builds(
    lambda t, o, cut, width: Calibration(t, o, cut, (max(0, cut - width), min(1, cut + width)), 5),
    st.floats(0.1, 10),
    st.floats(-5, 5),
    st.floats(0, 1),
    st.floats(0, 0.3),
)


@given(FIGURES)
def test_plain_values_and_back(calibration):
    assert Calibration.from_dict(calibration.to_dict()) == calibration


@given(FIGURES, st.lists(st.floats(-50, 50), min_size=1))
def test_probabilities_follow_the_logistic_function_and_keep_the_order(calibration, scores):
    z = np.array(sorted(scores), np.float32)
    p = calibration.probabilities(z)
    assert np.allclose(p, expit(z / calibration.temperature + calibration.offset), atol=1e-5)
    assert (np.diff(p) >= 0).all()


def test_the_band_is_for_people():
    calibration = Calibration(1.0, 0.0, 0.5, (0.4, 0.6), 5)
    assert [calibration.verdict(p) for p in (0.4, 0.41, 0.5, 0.59, 0.6, 1.0)] == [
        "below", "unsure", "unsure", "unsure", "above", "above",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "change", [{"temperature": 0}, {"review": [0.6, 0.7]}, {"review": 3}, {"more": 1}, {"threshold": None}]
)
def test_a_damaged_entry_is_refused(change):
    with pytest.raises(ModelError):
        Calibration.from_dict({**Calibration(1.0, 0.0, 0.5, (0.4, 0.6), 5).to_dict(), **change})
