# SPDX-License-Identifier: Apache-2.0
"""Diagnostics: levels, rates and values for every state of the driver."""

import dataclasses

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from rclpy.serialization import deserialize_message, serialize_message

from azure_kinect_py.data import DeviceInfo
from azure_kinect_py.ros.diagnostics import Diagnostics
from azure_kinect_py.ros.statistics import (
    DeviceCount,
    RateMeter,
    Statistics,
    StreamCount,
    TrackerCount,
)

OK, WARN, ERROR = DiagnosticStatus.OK, DiagnosticStatus.WARN, DiagnosticStatus.ERROR
DEVICE = DeviceCount(
    info=DeviceInfo('device', '000123', color_firmware='1.6.110', depth_firmware='1.6.79'),
    state='active',
    expected_hz=30.0,
    captures=100,
    temperature_c=41.26,
    sync_out=True,
)


def statuses(diagnostics, statistics, now):
    message = diagnostics(statistics, 1_700_000_000_500_000_000, now)
    message = deserialize_message(serialize_message(message), DiagnosticArray)
    assert (message.header.stamp.sec, message.header.stamp.nanosec) == (1_700_000_000, 500_000_000)
    assert {status.hardware_id for status in message.status} == {'000123'}
    assert all(status.name.startswith('kinect: ') for status in message.status)
    return {status.name.removeprefix('kinect: '): status for status in message.status}


def values(status):
    return {pair.key: pair.value for pair in status.values}


def after(seconds, before, later):
    """Return the statuses of a second look."""
    diagnostics = Diagnostics('kinect')
    statuses(diagnostics, before, 100.0)
    return statuses(diagnostics, later, 100.0 + seconds)


def test_device_at_its_rate():
    later = dataclasses.replace(DEVICE, captures=220, dropped=2, reconnects=1)
    device = after(4.0, Statistics(DEVICE), Statistics(later))['device']
    assert (device.level, device.message) == (OK, '30.0 Hz')
    shown = values(device)
    assert shown['Serial number'] == '000123'
    assert (shown['Color firmware'], shown['Depth firmware']) == ('1.6.110', '1.6.79')
    assert shown['Temperature (C)'] == '41.3'
    assert (shown['Sync in connected'], shown['Sync out connected']) == ('False', 'True')
    assert (shown['Captures dropped'], shown['Reconnects']) == ('2', '1')
    assert shown['Captures per second'] == '30.00'


@pytest.mark.parametrize(
    ('captures', 'level', 'message'),
    [(210, OK, '27.5 Hz'), (200, WARN, 'slow: 25.0 of 30 Hz'), (100, WARN, 'slow: 0.0 of 30 Hz')],
)
def test_device_that_is_slow_warns(captures, level, message):
    later = dataclasses.replace(DEVICE, captures=captures)
    device = after(4.0, Statistics(DEVICE), Statistics(later))['device']
    assert (device.level, device.message) == (level, message)


def test_device_that_is_lost_says_why():
    lost = dataclasses.replace(DEVICE, problem='the camera was unplugged')
    device = after(1.0, Statistics(DEVICE), Statistics(lost))['device']
    assert (device.level, device.message) == (ERROR, 'the camera was unplugged')


def test_a_recording_is_told_and_why_it_ended():
    writing = dataclasses.replace(DEVICE, recording='/a.mkv')
    device = after(1.0, Statistics(writing), Statistics(writing))['device']
    assert (device.level, values(device)['Recording to']) == (OK, '/a.mkv')
    broken = dataclasses.replace(DEVICE, recording_problem='recording ended: /a.mkv\nsdk: x')
    device = after(1.0, Statistics(writing), Statistics(broken))['device']
    assert (device.level, device.message) == (WARN, 'recording ended: /a.mkv')
    lost = dataclasses.replace(broken, problem='the camera was unplugged')
    assert after(1.0, Statistics(lost), Statistics(lost))['device'].level == ERROR


def test_inactive_device_is_not_slow_and_unknown_temperature_is_not_shown():
    idle = dataclasses.replace(DEVICE, state='inactive', temperature_c=float('nan'))
    device = after(1.0, Statistics(idle), Statistics(idle))['device']
    assert (device.level, device.message) == (OK, 'inactive')
    assert 'Temperature (C)' not in values(device)
    assert 'Age at arrival (ms)' not in values(device)
    aged = dataclasses.replace(DEVICE, age_s=0.0172)
    device = after(1.0, Statistics(aged), Statistics(aged))['device']
    assert values(device)['Age at arrival (ms)'] == '17.2'


def test_what_rests_is_not_slow_and_says_why():
    resting = Statistics(
        DEVICE,
        (StreamCount('imu', 7, True, steady=True), StreamCount('ir', 7, False)),
        TrackerCount(enabled=True, ready=True, tracked=3),
        rest='paused',
    )
    seen = after(4.0, resting, resting)
    for name, message in {
        'device': 'paused',
        'imu': 'paused',
        'ir': 'no subscribers',
        'body tracking': 'paused',
    }.items():
        assert (seen[name].level, seen[name].message) == (OK, message), name


def test_what_went_on_is_measured_anew():
    diagnostics = Diagnostics('kinect')
    resting = dataclasses.replace(streams(ir=(0, True, 30)), rest='paused')
    for moment, statistics in enumerate([streams(ir=(0, True, 30)), resting, resting, resting]):
        statuses(diagnostics, statistics, float(moment))
    for moment, message in ((4.0, 'measuring'), (5.0, 'measuring'), (7.0, '30.0 Hz')):
        later = streams(ir=(30 * (moment - 4.0), True, 30))
        assert statuses(diagnostics, later, moment)['ir'].message == message


def test_a_tracker_that_had_nothing_to_do_is_not_silent():
    waiting = TrackerCount(enabled=True, ready=True, tracked=5)
    fed = dataclasses.replace(waiting, fed=True, bodies=2)
    seen = after(4.0, Statistics(DEVICE, (), waiting), Statistics(DEVICE, (), fed))
    assert (seen['body tracking'].level, seen['body tracking'].message) == (OK, '2 in view')


def test_a_camera_that_nobody_looks_at_is_idle():
    idle = dataclasses.replace(DEVICE, idle=True, expected_hz=0.0)
    device = after(4.0, Statistics(idle), Statistics(idle))['device']
    assert (device.level, device.message) == (OK, 'nobody subscribes to images')
    lost = dataclasses.replace(idle, problem='the camera was unplugged')
    assert after(1.0, Statistics(idle), Statistics(lost))['device'].level == ERROR


def streams(**counts):
    """Return statistics with topics as name=(sent, wanted, expected)."""
    topics = tuple(StreamCount(name, *count) for name, count in counts.items())
    return Statistics(DEVICE, topics)


def test_streams_are_judged_while_somebody_listens_all_the_time():
    seen = after(
        10.0,
        streams(good=(0, True, 30), slow=(0, True, 30), new=(5, False, 30), idle=(9, False, 30)),
        streams(
            good=(295, True, 30), slow=(200, True, 30), new=(8, True, 30), idle=(9, False, 30)
        ),
    )
    assert (seen['good'].level, seen['good'].message) == (OK, '29.5 Hz')
    assert (seen['slow'].level, seen['slow'].message) == (WARN, 'slow: 20.0 of 30 Hz')
    assert (seen['new'].level, seen['new'].message) == (OK, 'measuring')
    assert (seen['idle'].level, seen['idle'].message) == (OK, 'no subscribers')
    assert values(seen['slow'])['Messages per second'] == '20.00'


def test_messages_that_were_lost_are_counted():
    statistics = streams(imu=(4, True, 0.0, 3))
    assert values(after(1.0, statistics, statistics)['imu'])['Messages lost'] == '3'


def test_stream_without_a_promised_rate_is_never_slow():
    seen = after(4.0, streams(imu=(0, True)), streams(imu=(4, True)))
    assert (seen['imu'].level, seen['imu'].message) == (OK, '1.0 Hz')


def test_a_steady_stream_that_is_silent_warns():
    before = Statistics(DEVICE, (StreamCount('imu', 7, wanted=True, steady=True),))
    silent = after(4.0, before, before)['imu']
    assert (silent.level, silent.message) == (WARN, 'no messages')
    one_more = Statistics(DEVICE, (StreamCount('imu', 8, wanted=True, steady=True),))
    assert after(4.0, before, one_more)['imu'].level == OK
    assert after(1.0, before, before)['imu'].message == 'measuring'


@pytest.mark.parametrize(
    ('tracker', 'level', 'message'),
    [
        (TrackerCount(enabled=False), OK, 'off'),
        (TrackerCount(enabled=True), OK, 'starting'),
        (TrackerCount(enabled=True, problem='no libk4abt'), ERROR, 'no libk4abt'),
        (TrackerCount(enabled=True, ready=True), OK, 'nobody subscribes to bodies'),
        (TrackerCount(enabled=True, ready=True, fed=True, bodies=2), WARN, 'no results'),
        (TrackerCount(enabled=True, ready=True, fed=True, bodies=2, tracked=9), OK, '2 in view'),
    ],
)
def test_tracker(tracker, level, message):
    before = dataclasses.replace(tracker, tracked=0)
    seen = after(4.0, Statistics(DEVICE, (), before), Statistics(DEVICE, (), tracker))
    assert (seen['body tracking'].level, seen['body tracking'].message) == (level, message)


def test_tracker_values():
    before = TrackerCount(enabled=True, ready=True, fed=True)
    later = dataclasses.replace(
        before, mode='k4abt gpu_cuda', tracked=45, dropped=7, latency_s=0.0512, bodies=3
    )
    seen = after(3.0, Statistics(DEVICE, (), before), Statistics(DEVICE, (), later))
    assert values(seen['body tracking']) == {
        'Processing mode': 'k4abt gpu_cuda',
        'Results per second': '15.00',
        'Latency (ms)': '51.2',
        'Results': '45',
        'Captures dropped': '7',
        'Bodies in view': '3',
    }


def test_libraries_and_no_tracker():
    seen = statuses(Diagnostics('kinect'), Statistics(DEVICE, libraries={'libk4a': '1.4.2'}), 1.0)
    assert values(seen['libraries']) == {'libk4a': '1.4.2'}
    assert 'body tracking' not in seen


def test_rates_are_those_of_the_last_seconds():
    meter = RateMeter()
    assert [meter({'a': 10 * t}, float(t)) for t in range(3)] == [{}, {}, {}]
    assert meter({'a': 30}, 3.0) == {'a': 10.0}
    for t in range(4, 20):
        rates = meter({'a': 30}, float(t))
    assert rates == {'a': 0.0}


def test_rates_begin_again_with_a_new_session_and_a_new_subscriber():
    meter = RateMeter()
    meter({'a': 10, 'b': 10}, 0.0)
    assert meter({'a': 50, 'b': 30}, 4.0) == {'a': 10.0, 'b': 5.0}
    assert meter({'a': 3}, 5.0) == {}
    assert meter({'a': 4, 'b': 99}, 7.0) == {}
    assert meter({'a': 9, 'b': 99}, 8.0) == {'a': 2.0}


def test_five_images_a_second_are_not_slow_at_any_moment():
    """Whatever the phase of a look, 5 Hz stays above 90 %."""
    for phase in (0.01, 0.1, 0.19):
        diagnostics = Diagnostics('kinect')
        slow = dataclasses.replace(DEVICE, expected_hz=5.0)
        for second in range(20):
            count = int((second + phase) * 5 * 0.999)
            seen = statuses(
                diagnostics, Statistics(dataclasses.replace(slow, captures=count)), float(second)
            )
            assert seen['device'].level == OK
