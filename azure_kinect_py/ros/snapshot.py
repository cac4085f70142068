# SPDX-License-Identifier: Apache-2.0
"""What the driver has counted until now, for the diagnostics."""

from __future__ import annotations

import functools
import importlib.metadata
import platform

from azure_kinect_py import __version__
from azure_kinect_py.data import DeviceInfo
from azure_kinect_py.errors import KinectError
from azure_kinect_py.ros.driver import Driver
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.ros.statistics import DeviceCount, Statistics, StreamCount, TrackerCount
from azure_kinect_py.ros.topics import Topic

AT_FRAME_RATE = ('image_raw', 'compressed', 'camera_info', 'points2')
IMU = 'imu'


class Snapshots:
    """
    Takes snapshots of a driver.

    :param driver: The driver while the node is configured.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._fed = 0

    def __call__(self, state: str) -> Statistics:
        """
        Return a snapshot.

        :param state: The node's lifecycle state.
        """
        driver = self._driver
        fps = float(driver.scene.config.fps.hz)
        if driver.scene.kind == 'playback':
            fps *= driver.settings.playback_rate
        rest = self._rest() if state == 'active' else ''
        fps = fps if state == 'active' and not rest else 0.0
        streams = tuple(_stream(topic, fps) for topic in driver.topics)
        return Statistics(self._device(state, fps), streams, self._tracker(), _libraries(), rest)

    def _rest(self) -> str:
        source = self._driver.connection.source
        if self._driver.streams.ended:
            return 'the stream has ended; ~/reset starts it again'
        if source is not None and source.paused:
            return 'paused; ~/pause with false goes on'
        return ''

    def _device(self, state: str, fps: float) -> DeviceCount:
        driver = self._driver
        sync_in, sync_out = self._jacks()
        return DeviceCount(
            driver.info,
            state,
            problem=driver.connection.problem,
            expected_hz=0.0 if driver.streams.idle else fps,
            captures=driver.captures,
            idle=driver.streams.idle,
            dropped=driver.streams.dropped,
            age_s=driver.age_s,
            reconnects=driver.connection.reconnects,
            recording=driver.recording.path,
            recording_problem=driver.recording.ended,
            temperature_c=driver.temperature_c,
            sync_in=sync_in,
            sync_out=sync_out,
        )

    def _jacks(self) -> tuple[bool, bool]:
        source = self._driver.connection.source
        try:
            return (False, False) if source is None else source.sync_jacks()
        except KinectError:  # lost, which the capture thread finds out
            return False, False

    def _tracker(self) -> TrackerCount | None:
        tracking = self._driver.tracking
        if tracking is None:
            return None
        counts = tracking.counts
        fed = counts.fed > self._fed or bool(tracking.in_flight)
        self._fed = counts.fed
        return TrackerCount(
            enabled=tracking.enabled,
            ready=tracking.ready,
            fed=fed,
            mode=tracking.mode,
            problem=tracking.problem,
            tracked=counts.tracked,
            dropped=counts.dropped,
            latency_s=counts.latency_s,
            bodies=counts.bodies,
        )


def without_driver(settings: Settings, state: str, problem: str) -> Statistics:
    """
    Return what there is to tell of a node that has no camera.

    :param state: The node's lifecycle state.
    :param problem: Why it has none, if it was to have one.
    """
    wanted = DeviceInfo(settings.kind, settings.sensor_sn, name='')
    return Statistics(DeviceCount(wanted, state, problem=problem), libraries=_libraries())


def _stream(topic: Topic, fps: float) -> StreamCount:
    """
    Return the count of a topic.

    :param fps: Captures per second; 0 while none come.
    """
    is_of_bodies = topic.name.startswith('body_')
    is_at_frame_rate = topic.name.endswith(AT_FRAME_RATE) and not is_of_bodies
    return StreamCount(
        topic.name,
        topic.sent,
        topic.wanted,
        expected_hz=fps if is_at_frame_rate else 0.0,
        lost=topic.lost,
        steady=fps > 0 and topic.name == IMU,
    )


@functools.cache
def _libraries() -> dict[str, str]:
    names = (
        'numpy',
        'numba',
        'opencv-python',
        'opencv-python-headless',
        'simplejpeg',
        'pyk4a-bundle',
    )
    found = {'azure_kinect_py': __version__, 'python': platform.python_version()}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
