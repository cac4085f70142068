# SPDX-License-Identifier: Apache-2.0
"""Diagnostics: the camera, every topic that somebody subscribes to, the tracker, libraries."""

from __future__ import annotations

import math
from collections.abc import Mapping

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from azure_kinect_py.ros.clock import to_time
from azure_kinect_py.ros.statistics import (
    DeviceCount,
    RateMeter,
    Statistics,
    StreamCount,
    TrackerCount,
)

LEAST_SHARE = 0.9
"""Below this share of its rate, a stream is slow."""

_CAPTURES = 'captures'
_TRACKED = 'tracked'

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR


class Diagnostics:
    """
    Builds /diagnostics; rates are those of the last few seconds.

    :param node_name: Begins the name of each status, as ``diagnostic_updater`` does; with the
        node's namespace, as whoever collects them tells two cameras apart by it.
    """

    def __init__(self, node_name: str) -> None:
        self._node_name = node_name
        self._rates = RateMeter()

    def __call__(self, statistics: Statistics, stamp_ns: int, now: float) -> DiagnosticArray:
        """
        Return the message.

        :param now: Seconds of the monotonic clock.
        """
        rates = self._rates(_counts(statistics), now)
        rest = statistics.rest
        statuses = [_device(statistics.device, rates.get(_CAPTURES), rest)]
        statuses += [_stream(each, rates.get(each.name), rest) for each in statistics.streams]
        if statistics.tracker is not None:
            statuses.append(_tracker(statistics.tracker, rates.get(_TRACKED), rest))
        statuses.append(_status('libraries', OK, 'versions in use', statistics.libraries))
        for status in statuses:
            status.name = f'{self._node_name}: {status.name}'
            status.hardware_id = statistics.device.info.serial
        message = DiagnosticArray(status=statuses)
        message.header.stamp = to_time(stamp_ns)
        return message


def _counts(statistics: Statistics) -> dict[str, int]:
    """Return what rates are made of; of topics only those that were wanted all the time count."""
    if statistics.rest:
        return {}
    counts = {stream.name: stream.sent for stream in statistics.streams if stream.wanted}
    counts[_CAPTURES] = statistics.device.captures
    if statistics.tracker is not None and statistics.tracker.fed:
        counts[_TRACKED] = statistics.tracker.tracked
    return counts


def _device(device: DeviceCount, rate: float | None, rest: str) -> DiagnosticStatus:
    level, message = OK, device.state
    if device.problem:
        level, message = ERROR, device.problem
    elif rest or device.idle:
        message = rest or 'nobody subscribes to images'
    elif device.state == 'active':
        level, message = _judge(rate, device.expected_hz)
    if level == OK and device.recording_problem:
        level, message = WARN, device.recording_problem.splitlines()[0]
    info = device.info
    values = {
        'State': device.state,
        'Source': info.kind,
        'Name': info.name,
        'Serial number': info.serial,
        'Color firmware': info.color_firmware,
        'Depth firmware': info.depth_firmware,
        'Captures per second': _hz(rate),
        'Expected per second': _hz(device.expected_hz),
        'Captures': device.captures,
        'Captures dropped': device.dropped,
        'Reconnects': device.reconnects,
        'Recording to': device.recording,
        'Sync in connected': device.sync_in,
        'Sync out connected': device.sync_out,
    }
    if math.isfinite(device.age_s):
        values['Age at arrival (ms)'] = f'{device.age_s * 1e3:.1f}'
    if math.isfinite(device.temperature_c):
        values['Temperature (C)'] = f'{device.temperature_c:.1f}'
    return _status('device', level, message, values)


def _stream(stream: StreamCount, rate: float | None, rest: str) -> DiagnosticStatus:
    level, message = OK, 'no subscribers'
    if stream.wanted and rest:
        message = rest
    elif stream.wanted:
        is_silent = stream.steady and rate == 0.0
        level, message = (WARN, 'no messages') if is_silent else _judge(rate, stream.expected_hz)
    values = {
        'Messages per second': _hz(rate),
        'Expected per second': _hz(stream.expected_hz or None),
        'Messages': stream.sent,
        'Messages lost': stream.lost,
        'Subscribed': stream.wanted,
    }
    return _status(stream.name, level, message, values)


def _tracker(tracker: TrackerCount, rate: float | None, rest: str) -> DiagnosticStatus:
    if tracker.problem:
        level, message = ERROR, tracker.problem
    elif not tracker.enabled:
        level, message = OK, 'off'
    elif not tracker.ready:
        level, message = OK, 'starting'
    elif rest:
        level, message = OK, rest
    elif not tracker.fed:
        level, message = OK, 'nobody subscribes to bodies'
    else:
        silent = rate == 0.0
        level, message = (WARN, 'no results') if silent else (OK, f'{tracker.bodies} in view')
    values = {
        'Processing mode': tracker.mode,
        'Results per second': _hz(rate),
        'Latency (ms)': f'{tracker.latency_s * 1e3:.1f}',
        'Results': tracker.tracked,
        'Captures dropped': tracker.dropped,
        'Bodies in view': tracker.bodies,
    }
    return _status('body tracking', level, message, values)


def _judge(rate: float | None, expected_hz: float) -> tuple[bytes, str]:
    if rate is None:
        return OK, 'measuring'
    if rate < LEAST_SHARE * expected_hz:
        return WARN, f'slow: {rate:.1f} of {expected_hz:g} Hz'
    return OK, f'{rate:.1f} Hz'


def _hz(rate: float | None) -> str:
    return 'unknown' if rate is None else f'{rate:.2f}'


def _status(
    name: str, level: bytes, message: str, values: Mapping[str, object]
) -> DiagnosticStatus:
    pairs = [KeyValue(key=key, value=str(value)) for key, value in values.items()]
    return DiagnosticStatus(name=name, level=level, message=message, values=pairs)
