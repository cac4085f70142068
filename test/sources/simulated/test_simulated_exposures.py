# SPDX-License-Identifier: Apache-2.0
"""What is rendered on demand is rendered once, ahead of time only while somebody looks."""

import dataclasses
import threading

import numpy as np

from azure_kinect_py.data import BodyFrame, Capture, Image
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sources.simulated.exposures import Demand, Exposure, LazyCapture, LazyImage

TRUTH = BodyFrame(5, ())


def image(pixels):
    return LazyImage(pixels, ImageFormat.IR16, 7, 8)


def test_pixels_are_made_once_when_they_are_looked_at():
    made = []
    lazy = image(lambda: made.append(1) or np.arange(3))
    assert (lazy.device_time_usec, lazy.host_time_ns, lazy.format) == (7, 8, ImageFormat.IR16)
    assert not made
    assert lazy.pixels is lazy.pixels
    assert made == [1]
    assert isinstance(lazy, Image)


def test_truth_is_found_out_when_asked_for():
    asked = []
    lazy = LazyCapture(ir_image=image(lambda: np.ones(2)), truth=lambda: asked.append(1) or TRUTH)
    assert lazy.device_time_usec == 7
    assert not asked
    assert lazy.truth is lazy.truth is TRUTH
    assert asked == [1]
    assert isinstance(lazy, Capture)
    assert LazyCapture().truth is None


def test_copies_with_changes_are_whole():
    lazy = LazyCapture(ir_image=image(lambda: np.arange(4)), truth=lambda: TRUTH)
    thinner = dataclasses.replace(
        lazy, ir_image=dataclasses.replace(lazy.ir_image, host_time_ns=9)
    )
    assert thinner.truth is TRUTH
    assert thinner.ir_image.host_time_ns == 9
    np.testing.assert_array_equal(thinner.ir, np.arange(4))


def test_frozen_as_every_image():
    for thing, name in ((image(lambda: 0), 'host_time_ns'), (LazyCapture(), 'truth')):
        try:
            setattr(thing, name, 3)
        except dataclasses.FrozenInstanceError:
            continue
        raise AssertionError(name)


def test_no_more_work_than_demand():
    demand, made = Demand(), []

    def frame():
        exposure = Exposure(lambda: made.append(1) or len(made), demand)
        exposure.develop()
        return exposure

    for _ in range(20):
        last = frame()
    few = len(made)
    assert 0 < few < 5
    assert last.get() == few + 1
    assert last.get() == few + 1
    frame()
    assert len(made) == few + 2  # ahead of time again


def test_many_threads_get_the_same():
    gate = threading.Event()
    exposure = Exposure(lambda: gate.wait(5) and object(), Demand())
    found = []
    threads = [threading.Thread(target=lambda: found.append(exposure.get())) for _ in range(6)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join(10)
    assert len(found) == 6
    assert len(set(found)) == 1
