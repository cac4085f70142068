# SPDX-License-Identifier: Apache-2.0
"""The sensor errs by as much as its model says, and gives no depth where it says."""

import numpy as np
import pytest

from azure_kinect_py.geometry.sensing import DARK, SensorModel, sense

SHAPE = (120, 160)
FLOOR_MM, NOISE_MM = 1.0, 2.0
WEAKEST, STRONGEST = 0.05, 5.0


def sensed(depth=2.0, signal=0.5, hits=-1, limits=100.0, seed=0, bias=0.0):
    numbers = (9000, FLOOR_MM, NOISE_MM, WEAKEST, STRONGEST, bias, 0.7, 0.2, 5)
    model = SensorModel(*(np.float32(number) for number in numbers))
    random = np.random.default_rng(seed)
    noise = random.standard_normal((256, SHAPE[1] + 256), dtype=np.float32)
    full = [np.broadcast_to(np.float32(v), SHAPE).copy() for v in (depth, signal, limits)]
    depth_mm, infrared = (np.empty(SHAPE, np.uint16) for _ in range(2))
    people = np.broadcast_to(np.int16(hits), SHAPE).copy()
    offsets = random.integers(0, 256, (3, 2))
    sense(full[0], full[1], people, full[2], noise, offsets, model, depth_mm, infrared)
    return depth_mm, infrared


def test_depth_is_millimetres_with_the_noise_of_its_signal():
    for signal in (0.1, 0.5, 2.0):
        depth, _ = sensed(signal=signal)
        assert depth.mean() == pytest.approx(2000, abs=0.5)
        assert depth.std() == pytest.approx(FLOOR_MM + NOISE_MM / signal, rel=0.05)


def test_infrared_is_the_signal_with_shot_noise():
    _, infrared = sensed(signal=0.5)
    assert infrared.mean() == pytest.approx(4505, rel=0.01)
    assert 20 < infrared.std() < 80
    assert sensed(signal=20.0)[1].min() == 65535


@pytest.mark.parametrize('signal', [0.01, 6.0])
def test_too_little_and_too_much_light_is_invalid(signal):
    assert not sensed(signal=signal)[0].any()


def test_what_is_not_lit_is_invalid_for_people_too():
    for hits in (-1, 3):
        assert not sensed(limits=DARK, hits=hits)[0].any()


def test_several_paths_make_some_of_the_background_invalid():
    assert (sensed(limits=0.0)[0] == 0).mean() == pytest.approx(0.5, abs=0.05)
    assert sensed(limits=0.0, hits=1)[0].all()


def test_edges_are_mostly_invalid_and_else_in_between():
    depth = np.full(SHAPE, 2.0, np.float32)
    depth[:, 80:] = 3.0
    measured, _ = sensed(depth=depth)
    edge = measured[:, 79:81]
    assert 0.5 < (edge == 0).mean() < 0.9
    rest = edge[edge > 0]
    assert ((rest > 1980) & (rest < 3020)).all()
    assert ((rest > 2050) & (rest < 2950)).mean() > 0.1
    assert (measured[:, :79] > 0).all()
    assert (measured[:, 81:] > 0).all()


def test_the_systematic_error_is_a_wave_of_the_given_height():
    errors = [
        sensed(depth=d, bias=4.0, signal=2.0)[0].mean() - 1000 * d for d in np.arange(1, 4, 0.1)
    ]
    assert max(errors) == pytest.approx(4.0, abs=0.6)
    assert min(errors) == pytest.approx(-4.0, abs=0.6)


def test_no_measurement_beyond_sixteen_bits():
    assert not sensed(depth=70.0)[0].any()


def test_frames_differ():
    assert (sensed(seed=1)[0] != sensed(seed=2)[0]).mean() > 0.5
