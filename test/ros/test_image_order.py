# SPDX-License-Identifier: Apache-2.0
"""Images are published once and in order, at once or with their bodies; captures are closed."""

import contextlib
import threading

import pytest

from azure_kinect_py.data import Capture
from azure_kinect_py.ros.image_order import ImageOrder


class Tracking:
    """Takes captures, and has those in flight that it was told."""

    def __init__(self):
        self.takes = True
        self.in_flight = []

    def offer(self, capture, stamp_ns):
        if self.takes:
            self.in_flight.append((capture, stamp_ns))
        return self.takes

    def queue(self, capture, stamp_ns, *, may_wait):
        assert may_wait
        queued = bool(self.in_flight)
        if queued:
            self.in_flight.append((capture, stamp_ns))
        return queued

    def finish(self, order):
        capture, stamp_ns = self.in_flight.pop(0)
        with capture:
            order.publish(capture, stamp_ns)


@pytest.fixture
def tracking():
    return Tracking()


@pytest.fixture
def published():
    return []


@pytest.fixture
def order(tracking, published):
    return ImageOrder(
        lambda _capture, stamp_ns: published.append(stamp_ns),
        tracking.offer,
        contextlib.nullcontext,
    )


@pytest.fixture
def closed():
    return []


@pytest.fixture
def make(closed):
    def make(number):
        return Capture(on_close=lambda: closed.append(number)), number

    return make


def send(order, item, tracking, *, late=False):
    order.send(*item, tracking, is_synchronous=late)


@pytest.mark.parametrize('late', [False, True])
def test_sent_at_once_and_not_again_with_the_bodies(
    order, tracking, published, closed, make, late
):
    send(order, make(1), tracking, late=late)
    assert published == [1]
    assert not closed  # the tracker has it
    tracking.finish(order)
    assert published == [1]
    assert closed == [1]


def test_what_the_tracker_does_not_take_is_published_and_closed(
    order, tracking, published, closed, make
):
    tracking.takes = False
    send(order, make(1), tracking)
    order.hold(*make(2), tracking, may_wait=True)
    order.hold(*make(3), None, may_wait=True)
    assert published == closed == [1, 2, 3]


def test_held_images_come_with_their_bodies_and_nothing_overtakes_them(
    order, tracking, published, make
):
    order.hold(*make(1), tracking, may_wait=True)
    tracking.takes = False
    order.hold(*make(2), tracking, may_wait=True)
    assert not published
    tracking.finish(order)
    assert published == [1]
    tracking.finish(order)
    assert published == [1, 2]


def test_when_holding_ends_what_is_held_goes_first(order, tracking, published, make):
    order.hold(*make(1), tracking, may_wait=True)
    order.hold(*make(2), tracking, may_wait=True)
    send(order, make(3), tracking)
    assert published == [1, 2, 3]
    for _ in range(3):
        tracking.finish(order)
    assert published == [1, 2, 3]


def test_a_result_does_not_wait_for_images_that_are_being_published(tracking, make):
    begun, go_on = threading.Event(), threading.Event()

    def publish(_capture, _stamp_ns):
        begun.set()
        assert go_on.wait(10)

    order = ImageOrder(publish, tracking.offer, contextlib.nullcontext)
    thread = threading.Thread(target=send, args=(order, make(1), tracking))
    thread.start()
    assert begun.wait(10)
    tracking.finish(order)  # would hang
    go_on.set()
    thread.join()


@pytest.mark.parametrize(
    ('late', 'expected'), [(False, ['comes', 'tracked', 1, 'came']), (True, [1, 'tracked'])]
)
def test_images_are_announced_before_their_bodies_may_come(tracking, make, late, expected):
    seen = []

    @contextlib.contextmanager
    def coming(_capture):
        seen.append('comes')
        yield
        seen.append('came')

    def track(_capture, _stamp_ns):
        seen.append('tracked')
        return False

    order = ImageOrder(lambda _capture, stamp_ns: seen.append(stamp_ns), track, coming)
    send(order, make(1), tracking, late=late)
    assert seen == expected
    order.publish(*make(3))
    seen.clear()
    send(order, make(2), tracking, late=late)
    assert seen == ['tracked']  # newer ones were published
