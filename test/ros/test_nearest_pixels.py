# SPDX-License-Identifier: Apache-2.0
"""A map of bodies needs no mesh of its own where its capture's images were drawn, or soon are."""

import gc
import threading

import numpy as np
import pytest
from helpers.references import CASES

from azure_kinect_py.data import Capture, Image
from azure_kinect_py.geometry.registration import DepthToColor
from azure_kinect_py.joints import BACKGROUND
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.ros import nearest_pixels
from azure_kinect_py.ros.nearest_pixels import NearestPixels
from azure_kinect_py.ros.work import Bench, Mappings, Work

CASE = CASES[0]


@pytest.fixture(scope='module')
def mappings():
    return Mappings(CASE.calibration)


@pytest.fixture
def drawn(monkeypatch):
    """Count meshes."""
    counts = []
    draw = DepthToColor._draw

    def counted(self, *args):
        counts.append(args)
        draw(self, *args)

    monkeypatch.setattr(DepthToColor, '_draw', counted)
    return counts


def capture():
    depth, infrared = CASE.depth, CASE.values(np.uint16)
    return Capture(
        depth_image=Image(depth, ImageFormat.DEPTH16, 1, 1),
        ir_image=Image(infrared, ImageFormat.IR16, 1, 1),
    )


def map_of(mappings, taken):
    ids = CASE.values(np.uint8)
    out = np.empty(mappings.depth_to_color.shape, np.uint8)
    Work(Bench(mappings), taken).map_in_color(ids, out)
    return out


@pytest.mark.parametrize('with_infrared', [False, True])
def test_images_and_map_are_drawn_once(mappings, drawn, with_infrared, monkeypatch):
    monkeypatch.setattr(nearest_pixels, 'INTEREST_S', 3600.0)  # compiling may take long
    taken, bench = capture(), Bench(mappings)
    alone = map_of(mappings, taken)  # from now on somebody asks
    assert len(drawn) == 1
    work = Work(bench, taken)
    infrared = np.empty(mappings.depth_to_color.shape, np.uint16)
    if with_infrared:
        work.infrared_in_color(infrared)
    depth = work.depth_in_color()
    assert len(drawn) == 2
    later = map_of(mappings, taken)
    assert len(drawn) == 2
    np.testing.assert_array_equal(later, alone)
    assert (later[depth == 0] == BACKGROUND).all()
    _, expected = mappings.depth_to_color.with_values(
        CASE.depth, CASE.values(np.uint8), invalid=BACKGROUND
    )
    np.testing.assert_array_equal(later, expected)


def test_several_captures_may_wait_for_their_bodies():
    kept, captures = NearestPixels((2, 2)), [Capture() for _ in range(5)]
    assert kept.of(captures[0]) is None
    for number, taken in enumerate(captures):
        with kept.kept_with(taken) as buffer:
            buffer[:] = number
    assert [kept.of(taken)[0, 0] for taken in captures] == [0, 1, 2, 3, 4]


def test_buffers_serve_again_when_their_captures_are_gone():
    kept, first, second = NearestPixels((2, 2)), Capture(), Capture()
    kept.of(first)
    with kept.kept_with(first) as buffer:
        pass
    with kept.kept_with(second) as other:
        assert other is not buffer
    del first
    gc.collect()
    with kept.kept_with(Capture()) as again:
        assert again is buffer
    assert kept.of(second) is other


def test_nothing_is_recorded_while_nobody_asks(monkeypatch):
    now = 100.0
    monkeypatch.setattr(nearest_pixels.time, 'monotonic', lambda: now)
    kept, taken = NearestPixels((2, 2)), Capture()
    with kept.kept_with(taken) as buffer:
        assert buffer is None
    kept.of(taken)
    now += nearest_pixels.INTEREST_S
    with kept.kept_with(taken) as buffer:
        assert buffer is not None
    now += 0.1
    with kept.kept_with(Capture()) as buffer:
        assert buffer is None


def test_what_failed_is_not_kept():
    kept, taken = NearestPixels((2, 2)), Capture()
    kept.of(taken)
    with pytest.raises(ValueError, match='drawing'), kept.kept_with(taken):
        raise ValueError('drawing failed')
    assert kept.of(taken) is None


@pytest.fixture
def patient(monkeypatch):
    """Who waits for what does not come hangs."""
    monkeypatch.setattr(nearest_pixels, 'PATIENCE_S', 3600.0)
    monkeypatch.setattr(nearest_pixels, 'INTEREST_S', 3600.0)


class Asking(threading.Thread):
    """Asks for a capture."""

    def __init__(self, kept, taken):
        super().__init__(daemon=True)
        self._kept, self._taken = kept, taken
        self.answer = 'none yet'
        self.start()

    def run(self):
        self.answer = self._kept.of(self._taken)

    def has_answer(self, timeout):
        self.join(timeout)
        return not self.is_alive()


@pytest.mark.usefixtures('patient')
def test_bodies_that_are_early_wait_for_images_that_come():
    kept, taken, other = NearestPixels((2, 2)), Capture(), Capture()
    assert kept.of(taken) is None  # nobody announced it
    with kept.coming(taken):
        asking = Asking(kept, taken)
        assert kept.of(other) is None
        assert not asking.has_answer(0.05)
        with kept.kept_with(taken) as buffer:
            assert not asking.has_answer(0.05)
        assert asking.has_answer(10)  # the other images are still to be sent
        assert asking.answer is buffer
        assert kept.of(taken) is buffer


@pytest.mark.usefixtures('patient')
def test_bodies_do_not_wait_for_images_that_were_not_drawn_after_all():
    kept, taken = NearestPixels((2, 2)), Capture()
    with kept.coming(taken):
        asking = Asking(kept, taken)
        assert not asking.has_answer(0.05)
    assert asking.has_answer(10)
    assert asking.answer is None
    with pytest.raises(ValueError, match='sending'), kept.coming(taken):
        raise ValueError('sending something else failed')
    assert kept.of(taken) is None


def test_bodies_do_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(nearest_pixels, 'PATIENCE_S', 0.01)
    kept, taken = NearestPixels((2, 2)), Capture()
    with kept.coming(taken):
        assert kept.of(taken) is None
