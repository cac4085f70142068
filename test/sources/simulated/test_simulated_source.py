# SPDX-License-Identifier: Apache-2.0
"""The simulated camera keeps the promises of a source, in real time, and repeats itself."""

import os
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.source_contract import SourceContract

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import ColorControl, ColorResolution, DepthMode, DeviceConfig, Fps
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.sources.simulated import open_simulated
from azure_kinect_py.sources.simulated import source as simulated_source
from azure_kinect_py.sources.simulated.source import QUEUE

SMALL = DeviceConfig(depth_mode=DepthMode.NFOV_2X2BINNED)


def options(config=SMALL, **more):
    return SourceOptions(source='simulated', config=config, **more)


class TestContract(SourceContract):
    @pytest.fixture(scope='class')
    def opened(self):
        return []

    @pytest.fixture
    def opener(self):
        return lambda: open_source(options(simulated_people=1))


@pytest.fixture
def source():
    with open_simulated(options()) as source:
        yield source


def contents(capture):
    bodies = [(body.id, body.positions.tobytes()) for body in capture.truth.bodies]
    pixels = [image.pixels.tobytes() for image in capture.images]
    times = [image.device_time_usec for image in capture.images]
    return pixels, times, bodies, capture.truth.index_map.tobytes()


def read(source, count):
    return [source.capture(10) for _ in range(count)]


def test_same_seed_same_frames_whenever_they_are_read():
    with open_simulated(options(simulated_seed=4)) as first:
        kept = {c.device_time_usec: contents(c) for c in read(first, 6)}
    with open_simulated(options(simulated_seed=4)) as second:
        for _ in range(5):  # frames are lost where the machine stands still for a moment
            captures = read(second, 1)
            while captures[-1].device_time_usec < max(kept):
                captures += read(second, 1)
            # all at once, and looked at in another order
            again = {c.device_time_usec: contents(c) for c in reversed(captures)}
            common = kept.keys() & again.keys()
            if len(common) >= 4:
                break
            second.stop()
            second.start()
    assert len(common) >= 4
    for device_time in common:
        assert kept[device_time] == again[device_time]


def test_another_seed_another_world():
    seen = []
    for seed in (1, 2):
        with open_simulated(options(simulated_seed=seed)) as source:
            capture = source.capture(10)
            seen.append((capture.depth.copy(), capture.truth.bodies[0].positions))
    assert (seen[0][0] != seen[1][0]).mean() > 0.5
    assert not np.array_equal(seen[0][1], seen[1][1])


def test_a_restart_begins_again(source):
    first = source.capture(10)
    before = contents(first)
    source.stop()
    source.start()
    again = source.capture(10)
    assert again.device_time_usec == first.device_time_usec
    assert contents(again) == before


def test_frames_come_in_real_time(source):
    begin = source.capture(10)
    captures = read(source, 20)
    host = [c.depth_image.host_time_ns for c in (begin, captures[-1])]
    device = [c.device_time_usec for c in (begin, captures[-1])]
    assert (host[1] - host[0]) * 1e-3 == pytest.approx(device[1] - device[0], abs=20_000)
    # A capture is never handed out before its images have arrived.
    capture = source.capture(10)
    assert max(image.host_time_ns for image in capture.images) <= time.monotonic_ns()


def test_a_slow_reader_loses_the_oldest_and_the_loss_is_counted(source):
    first = source.capture(10)
    period = source.config.fps.period_usec
    time.sleep((QUEUE + 5) * period * 1e-6)
    later = [source.capture(0) for _ in range(3)]
    missed = round((later[0].device_time_usec - first.device_time_usec) / period) - 1
    assert missed == source.dropped > 0
    assert [round((c.device_time_usec - later[0].device_time_usec) / period) for c in later] == [
        0,
        1,
        2,
    ]


class Rendered:
    """Stands in for the scene: tells what is rendered, and renders nothing."""

    def __init__(self):
        self.frames = []

    def capture(self, frame, clock):
        self.frames.append(frame)
        return frame


@pytest.fixture
def slow_reader(monkeypatch):
    """A camera that runs, what it renders, and a function that lets frame periods pass."""
    now = [time.monotonic_ns()]
    monkeypatch.setattr(simulated_source, 'time', SimpleNamespace(monotonic_ns=lambda: now[0]))
    with open_simulated(options()) as source:
        rendered = source._scene = Rendered()
        period = source.config.fps.period_usec * 1000

        def take_periods(count):
            wait_for_renderer(source)
            now[0] += round(count * period)

        yield source, rendered, take_periods


def wait_for_renderer(source):
    source._renderer.submit(lambda: None).result(10)


def test_there_is_no_newest_before_it_has_arrived(slow_reader):
    source, _, take_periods = slow_reader
    assert source.newest() == (None, 0)
    take_periods(4)
    frame, dropped = source.newest()
    assert frame == dropped > 0
    assert source.newest() == (None, 0)


@pytest.mark.parametrize('periods', [1.5, 2.5, 4])
def test_what_a_slow_reader_passes_over_is_not_rendered(slow_reader, periods):
    source, rendered, take_periods = slow_reader
    take_periods(4)
    taken, lags, dropped = [], [], 0
    for _ in range(30):
        take_periods(periods)
        newest = source._clock.newest_frame(simulated_source.time.monotonic_ns())
        frame, passed = source.newest()
        taken.append(frame)
        lags.append(newest - frame)
        dropped += passed
    wait_for_renderer(source)
    assert len(taken) + dropped == taken[-1] + 1
    assert taken == sorted(set(taken))
    # The first two reads do not know yet how long the reader takes; one is rendered ahead.
    assert lags[2:] == [0] * 28
    assert len(rendered.frames) <= len(taken) + 3


@pytest.mark.parametrize('periods', [10, 30])
def test_nothing_old_is_kept_for_who_comes_back_after_a_while(slow_reader, periods):
    source, _, take_periods = slow_reader
    for _ in range(4):
        take_periods(periods)
        newest = source._clock.newest_frame(simulated_source.time.monotonic_ns())
        assert 0 <= newest - source.newest()[0] <= 2
    assert max(source._ahead) <= newest + QUEUE


def test_after_a_hiccup_what_is_rendered_already_is_not_thrown_away(slow_reader):
    source, rendered, take_periods = slow_reader
    take_periods(4)
    first = source.newest()[0]
    take_periods(1)
    assert source.capture(0) == first + 1
    take_periods(2.5)
    assert source.newest() == (first + 2, 0)
    wait_for_renderer(source)
    assert rendered.frames.count(first + 2) == 1


def test_a_reader_who_has_caught_up_gets_each_frame_again(slow_reader):
    source, _, take_periods = slow_reader
    for _ in range(4):
        take_periods(3)
        frame, _ = source.newest()
    take_periods(1)
    assert source.capture(0) == frame + 1


def test_nothing_is_rendered_that_nobody_looks_at():
    with open_simulated(options()) as source:
        rendered = []
        for name in ('_depth', '_color'):
            camera = getattr(source._scene, name)
            shoot = camera.shoot
            camera.shoot = lambda *given, shoot=shoot, name=name: (
                rendered.append(name),
                shoot(*given),
            )[1]
        read(source, 8)
        rendered.clear()
        assert read(source, 3)[0].color_image.exposure_usec > 0
        assert rendered == []
        capture = source.capture(10)
        wait_for_renderer(source)  # the next is rendered in another thread
        assert capture.color.size
        assert capture.color is capture.color
        assert rendered == ['_color']
        read(source, 1)
        wait_for_renderer(source)  # ahead of time again
        assert rendered == ['_color', '_color']


def test_color_controls_reach_the_picture_and_its_description():
    config = DeviceConfig(depth_mode=DepthMode.OFF, color_format=3, fps=Fps.FPS_30)
    with open_simulated(options(config, simulated_people=0)) as source:
        before = source.capture(10)
        bright = before.color[..., :3].mean()
        source.set_color_control(ColorControl.EXPOSURE_TIME_ABSOLUTE, 2000)
        source.set_color_control(ColorControl.WHITEBALANCE, 3000)
        read(source, 1)
        after = source.capture(10)
    assert after.color_image.exposure_usec == 2500
    assert after.color_image.white_balance_kelvin == 3000
    assert after.color[..., :3].mean() < 0.6 * bright
    blue, _, red = after.color[..., :3].reshape(-1, 3).mean(axis=0)
    was_blue, _, was_red = before.color[..., :3].reshape(-1, 3).mean(axis=0)
    assert blue / red > 1.1 * was_blue / was_red
    with pytest.raises(ConfigError, match='GAIN: 256'):
        source.set_color_control(ColorControl.GAIN, 256)


def test_color_controls_go_back_to_their_defaults():
    with open_simulated(options(DeviceConfig(depth_mode=DepthMode.OFF))) as source:
        before = source.capture(10).color_image.iso_speed
        for change, changed in (
            (lambda: source.set_color_control(ColorControl.GAIN, 255), True),
            (lambda: source.reset_color_control(ColorControl.GAIN), False),
        ):
            change()
            read(source, 1)
            assert (source.capture(10).color_image.iso_speed != before) == changed


def test_serial_keeps_its_zeros_and_can_be_chosen():
    color_off = DeviceConfig(
        depth_mode=DepthMode.NFOV_2X2BINNED, color_resolution=ColorResolution.OFF
    )
    standard = open_simulated(options(color_off))
    chosen = open_simulated(options(color_off, sensor_sn='000000000042'))
    assert standard.info.serial == '000123456712'
    assert chosen.info.serial == '000000000042'
    assert b'000000000042' in chosen.calibration.raw


@pytest.mark.parametrize('people', [-1, 7])
def test_too_many_people_are_refused_by_name(people):
    with pytest.raises(ConfigError, match=f'simulated_people: {people}.*0 to 6'):
        open_simulated(options(simulated_people=people))


def test_a_negative_seed_is_refused_by_name():
    with pytest.raises(ConfigError, match=r'simulated_seed: -1.*0 and more'):
        open_simulated(options(simulated_seed=-1))


def test_what_renders_lets_the_driver_go_first(source):
    source.capture(10)
    renderers = [
        thread for thread in threading.enumerate() if thread.name.startswith('simulated camera')
    ]
    assert renderers
    for thread in renderers:
        own = os.getpriority(os.PRIO_PROCESS, os.getpid())
        assert os.getpriority(os.PRIO_PROCESS, thread.native_id) > own
