# SPDX-License-Identifier: Apache-2.0
"""The simulated tracker keeps the promises of a tracker, and gives back the truth it was given."""

import threading
import time

import numpy as np
import pytest
from helpers.crowd import body

from azure_kinect_py.data import BodyFrame, Calibration, CameraCalibration, Capture, Image
from azure_kinect_py.errors import ConfigError, TrackerError
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.trackers import TrackerOptions, open_tracker
from azure_kinect_py.trackers.simulated import QUEUE, SimulatedTracker

EYE = np.eye(4)
DEPTH_ON = Calibration(CameraCalibration(8, 8, 5, 5, 4, 4), None, (EYE, EYE, EYE, EYE))


def capture(number=0, bodies=(), closed=None, **missing):
    pixels = np.zeros((8, 8), np.uint16)
    images = {
        'depth_image': Image(pixels, ImageFormat.DEPTH16, number, 0),
        'ir_image': Image(pixels, ImageFormat.IR16, number, 0),
        'truth': BodyFrame(number, tuple(bodies), np.full((8, 8), 255, np.uint8)),
    }
    on_close = (lambda: closed.append(number)) if closed is not None else None
    return Capture(**{**images, **missing}, on_close=on_close)


@pytest.fixture
def tracker():
    with SimulatedTracker() as tracker:
        tracker.start(DEPTH_ON)
        yield tracker


def track(tracker, *captures):
    results = []
    for each in captures:
        assert tracker.enqueue(each, 1)
        results.append(tracker.pop(1))
    return results


def test_gives_back_capture_and_truth(tracker):
    given = capture(5, [body(3), body(9, seed=1)])
    [result] = track(tracker, given)
    assert result.capture is given
    assert result.bodies == given.truth or result.bodies.bodies == given.truth.bodies
    assert result.bodies.index_map is given.truth.index_map
    assert result.bodies.device_time_usec == 5


def test_keeps_the_order_and_loses_nothing(tracker):
    done = []
    reader = threading.Thread(
        target=lambda: done.extend(tracker.pop(5).capture.device_time_usec for _ in range(50))
    )
    reader.start()
    for number in range(50):
        assert tracker.enqueue(capture(number), 5)
    reader.join(10)
    assert done == list(range(50))


def test_says_when_it_is_full(tracker):
    for number in range(QUEUE):
        assert tracker.enqueue(capture(number), 0)
    assert not tracker.enqueue(capture(99), 0.01)
    assert tracker.pop(0).capture.device_time_usec == 0
    assert tracker.enqueue(capture(99), 0)


def test_nothing_to_pop(tracker):
    assert tracker.pop(0) is None
    assert tracker.pop(0.01) is None


def test_takes_its_time():
    with SimulatedTracker(latency_s=0.05) as tracker:
        tracker.start(DEPTH_ON)
        begin = time.monotonic()
        assert tracker.enqueue(capture(), 0)
        assert tracker.pop(0) is None
        assert tracker.pop(10) is not None
        assert time.monotonic() - begin >= 0.05


def test_noise_has_the_wanted_size_and_repeats():
    noisy = [SimulatedTracker(noise_m=0.02, seed=seed) for seed in (1, 1, 2)]
    people = [body(number) for number in range(40)]
    found = []
    for tracker in noisy:
        with tracker:
            tracker.start(DEPTH_ON)
            [result] = track(tracker, capture(7, people))
            found.append(np.array([each.positions for each in result.bodies.bodies]))
            turns = np.array([each.orientations for each in result.bodies.bodies])
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])
    error = found[2] - [each.positions for each in people]
    assert error.std() == pytest.approx(0.02, rel=0.05)
    np.testing.assert_allclose(np.linalg.norm(turns, axis=-1), 1.0)
    same = np.abs(np.sum(turns * [each.orientations for each in people], axis=-1))
    assert 0.5 < np.degrees(2 * np.arccos(np.minimum(same, 1))).mean() < 15


def test_smoothing_follows_each_body_on_its_own():
    tracker = SimulatedTracker(smoothing=0.75)
    tracker.start(DEPTH_ON)
    first, second, other = body(1), body(1, seed=5), body(2, seed=6)
    _, result = track(tracker, capture(0, [first]), capture(1, [other, second]))
    expected = first.positions + 0.25 * (second.positions - first.positions)
    np.testing.assert_allclose(result.bodies.bodies[1].positions, expected)
    np.testing.assert_array_equal(result.bodies.bodies[0].positions, other.positions)
    tracker.set_smoothing(0)
    [result] = track(tracker, capture(2, [first]))
    np.testing.assert_array_equal(result.bodies.bodies[0].positions, first.positions)


def test_a_body_that_comes_back_is_not_smoothed_with_what_it_was():
    tracker = SimulatedTracker(smoothing=1.0)
    tracker.start(DEPTH_ON)
    late = body(1, seed=5)
    *_, result = track(tracker, capture(0, [body(1)]), capture(1), capture(2, [late]))
    np.testing.assert_array_equal(result.bodies.bodies[0].positions, late.positions)


@pytest.mark.parametrize('factor', [-0.1, 1.1])
def test_smoothing_out_of_range_is_refused(factor):
    with pytest.raises(ConfigError, match='smoothing'):
        SimulatedTracker().set_smoothing(factor)


@pytest.mark.parametrize(
    ('missing', 'message'),
    [('truth', 'simulated camera'), ('depth_image', 'depth'), ('ir_image', 'infrared')],
)
def test_refuses_what_it_cannot_track(tracker, missing, message):
    with pytest.raises(TrackerError, match=message):
        tracker.enqueue(capture(**{missing: None}), 0)


def test_refuses_before_start_and_after_close():
    tracker = SimulatedTracker()
    with pytest.raises(TrackerError, match='not started'):
        tracker.enqueue(capture(), 0)
    with pytest.raises(TrackerError, match='OFF'):
        tracker.start(Calibration(None, None, (EYE, EYE, EYE, EYE)))
    tracker.close()
    for call in (lambda: tracker.pop(0), lambda: tracker.start(DEPTH_ON)):
        with pytest.raises(TrackerError, match='closed'):
            call()


def test_close_gives_back_what_is_inside_and_wakes_who_waits():
    tracker, closed, errors = SimulatedTracker(latency_s=60), [], []
    tracker.start(DEPTH_ON)
    for number in range(QUEUE):
        assert tracker.enqueue(capture(number, closed=closed), 0)

    def wait(call):
        try:
            call()
        except TrackerError as error:
            errors.append(str(error))

    calls = (lambda: tracker.pop(30), lambda: tracker.enqueue(capture(), float('inf')))
    threads = [threading.Thread(target=wait, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    tracker.close()
    tracker.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert closed == list(range(QUEUE))
    assert len(errors) == 2


def test_is_the_default_with_the_simulated_source():
    options = TrackerOptions(source='simulated', simulated_latency_s=0.01)
    with open_tracker(options) as tracker:
        assert isinstance(tracker, SimulatedTracker)
