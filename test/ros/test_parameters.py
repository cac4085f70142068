# SPDX-License-Identifier: Apache-2.0
"""The table of parameters: every value is read, bounded, and refused in words that help."""

import dataclasses

import pytest
import yaml

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.joints import Confidence
from azure_kinect_py.modes import (
    ColorResolution,
    DepthMode,
    DeviceConfig,
    Fps,
    ImageFormat,
    WiredSyncMode,
)
from azure_kinect_py.ros.parameters import ROWS, TABLE, Settings, check, check_outputs


def accept(**values):
    return check(Settings.read(values))


def refuse(**values):
    with pytest.raises(ConfigError) as caught:
        accept(**values)
    return str(caught.value)


def test_the_defaults_are_what_a_first_user_wants():
    settings = accept()
    assert settings.kind == 'device'
    assert settings.device_config == DeviceConfig(
        DepthMode.NFOV_UNBINNED, ColorResolution.R720P, ImageFormat.MJPG, Fps.FPS_30
    )
    assert settings.point_cloud
    assert settings.autostart


def test_every_default_is_allowed_and_every_choice_is_read():
    for row in TABLE:
        assert row.parse(row.default) == getattr(Settings(), row.name)
        for choice, meaning in {**row.hidden, **row.choices}.items():
            assert row.parse(choice) == meaning
            assert row.parse(str(choice).lower()) == meaning
        assert row.text.endswith('.')


@pytest.mark.parametrize(
    ('name', 'value', 'meaning'),
    [
        ('color_format', 'bgra', ImageFormat.BGRA32),
        ('color_format', 'jpeg', ImageFormat.MJPG),
        ('wired_sync_mode', 1, WiredSyncMode.MASTER),
        ('wired_sync_mode', 'SUBORDINATE', WiredSyncMode.SUBORDINATE),
        ('depth_mode', 'wfov_2x2binned', DepthMode.WFOV_2X2BINNED),
        ('depth_mode', False, DepthMode.OFF),  # YAML's OFF
        ('fps', 15, Fps.FPS_15),
        ('fps', '15', Fps.FPS_15),
        ('playback_rate', 2, 2.0),
        ('sensor_sn', '000123456712', '000123456712'),
        ('sensor_sn', 123456789012, '123456789012'),
        ('min_joint_confidence', 2, Confidence.MEDIUM),
        ('powerline_frequency', 50, 1),
        ('powerline_frequency', 2, 2),
        ('exposure_usec', 0, 0),
    ],
)
def test_values_as_users_write_them_are_understood(name, value, meaning):
    assert getattr(Settings.read({name: value}), name) == meaning


@pytest.mark.parametrize(
    ('values', 'words'),
    [
        ({'depth_mode': 'NFOV'}, ["depth_mode: 'NFOV'", 'NFOV_UNBINNED', 'PASSIVE_IR']),
        ({'color_resolution': '4K'}, ["color_resolution: '4K'", '720P', '3072P']),
        ({'color_format': 'rgb'}, ["color_format: 'rgb'", 'MJPG', 'NV12']),
        ({'fps': 25}, ['fps: 25', '5, 15, 30']),
        ({'fps': 30, 'depth_mode': 'WFOV_UNBINNED'}, ['fps: 30', 'WFOV_UNBINNED', '15']),
        ({'fps': 30, 'color_resolution': '3072P'}, ['fps: 30', '3072P', '15']),
        ({'color_format': 'NV12', 'color_resolution': '1080P'}, ['NV12', '720P', '1080P']),
        ({'color_format': 'YUY2', 'color_resolution': '2160P'}, ['YUY2', '720P', '2160P']),
        ({'point_cloud': True, 'depth_enabled': False}, ['point_cloud: true', 'depth_enabled']),
        ({'point_cloud': True, 'depth_mode': 'PASSIVE_IR'}, ['point_cloud: true', 'PASSIVE_IR']),
        ({'rgb_point_cloud': True, 'color_enabled': False}, ['rgb_point_cloud', 'color_enabled']),
        ({'rgb_point_cloud': True, 'point_cloud': False}, ['rgb_point_cloud', 'point_cloud']),
        (
            {'rgb_point_cloud': True, 'depth_mode': 'PASSIVE_IR'},
            ['rgb_point_cloud: true needs depth', 'PASSIVE_IR', 'NFOV_UNBINNED'],
        ),
        (
            {'point_cloud_in_depth_frame': False, 'color_enabled': False},
            ['point_cloud_in_depth_frame: false', 'color_enabled'],
        ),
        (
            {'body_tracking_enabled': True, 'depth_mode': 'PASSIVE_IR'},
            ['body_tracking_enabled', 'PASSIVE_IR', 'NFOV_UNBINNED'],
        ),
        ({'depth_enabled': False, 'color_enabled': False}, ['depth', 'color', 'OFF']),
        ({'sensor_sn': 65377354}, ['sensor_sn: 65377354', 'quote', 'leading zeros']),
        ({'sensor_sn': 263393812.0}, ['sensor_sn', 'came as a number', 'quote']),
        ({'sensor_sn': ['a']}, ['sensor_sn', 'came as a list', 'quote']),
        ({'tf_prefix': True}, ['tf_prefix', 'came as true or false', 'quote']),
        ({'brightness': 300}, ['brightness: 300', '0 to 255']),
        ({'exposure_usec': 100}, ['exposure_usec: 100', '0, or 500 to 133330']),
        ({'white_balance_kelvin': 4505}, ['white_balance_kelvin: 4505', 'steps of 10']),
        ({'body_tracking_smoothing_factor': 1.5}, ['1.5', '0.0 to 1.0']),
        ({'body_tracking_smoothing_factor': float('nan')}, ['nan', '0.0 to 1.0']),
        ({'depth_enabled': 1}, ['depth_enabled: 1', 'true, false']),
        ({'brightness': True}, ['brightness: true', '0 to 255']),
        ({'brightness': 1.5}, ['brightness: 1.5', '0 to 255']),
        ({'depth_modus': 'OFF'}, ['depth_modus', 'did you mean depth_mode?']),
        ({'source': 'playback'}, ['recording_file', 'playback']),
        ({'source': 'device', 'recording_file': 'a.mkv'}, ['recording_file', "'a.mkv'", 'auto']),
        ({'tf_prefix': 'a b'}, ['tf_prefix', "'a b'"]),
        (
            {'body_tracking_enabled': True, 'body_tracker': 'simulated'},
            ['tracker', 'simulated', 'device'],
        ),
    ],
)
def test_what_is_not_possible_is_refused_by_name_with_what_is(values, words):
    message = refuse(**values)
    for word in words:
        assert word in message


def test_a_cloud_that_nobody_asked_for_needs_no_depth():
    assert not accept(depth_enabled=False).point_cloud
    assert not accept(depth_mode='PASSIVE_IR').point_cloud


def test_the_modes_of_a_recording_are_its_own():
    settings = accept(recording_file='a.mkv', fps=30, depth_mode='WFOV_UNBINNED')
    assert settings.kind == 'playback'
    depth_off = DeviceConfig(depth_mode=DepthMode.OFF)
    assert not settings.adapted(depth_off).point_cloud
    wish = accept(recording_file='a.mkv', point_cloud=True)
    reason = 'point_cloud: true needs depth, which the recording lacks; allowed is false'
    with pytest.raises(ConfigError, match=reason):
        check_outputs(wish.adapted(depth_off), depth_off)


@pytest.mark.parametrize(
    ('values', 'word'),
    [
        ({'body_tracking_processing_mode': 'gpu_directml'}, 'gpu_directml'),
        ({'body_tracker': 'simulated'}, 'body_tracker: simulated'),
    ],
)
def test_a_tracker_that_cannot_be_is_refused_for_recordings_too(values, word):
    settings = accept(recording_file='a.mkv', body_tracking_enabled=True, **values)
    with pytest.raises(ConfigError, match=word):
        check_outputs(settings, DeviceConfig())


def test_settings_are_one_immutable_value():
    settings = Settings.read({'gain': 7})
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.gain = 8
    changed = settings.changed({'gain': 9})
    assert (settings.gain, changed.gain) == (7, 9)


def test_parameter_files_hold_known_values(request):
    config = request.config.rootpath / 'config'
    for name in ('driver.yaml', 'simulated.yaml'):
        values = yaml.safe_load((config / name).read_text())['/**']['ros__parameters']
        accept(**values)
        if name == 'driver.yaml':
            assert set(values) == {name for name, row in ROWS.items() if not row.by_modes}
            assert accept(**values) == dataclasses.replace(accept(), given=frozenset(values))


def test_a_copy_of_the_parameter_file_suits_every_mode_and_recording(request):
    text = (request.config.rootpath / 'config' / 'driver.yaml').read_text()
    assert '\n    # point_cloud: true\n' in text
    values = yaml.safe_load(text)['/**']['ros__parameters']
    assert not accept(**values | {'depth_mode': 'PASSIVE_IR'}).point_cloud
    wish = accept(**values | {'recording_file': 'a.mkv'})
    depth_off = DeviceConfig(depth_mode=DepthMode.OFF)
    check_outputs(wish.adapted(depth_off), depth_off)


def test_the_bounds_themselves_are_allowed():
    for row in TABLE:
        for bound in row.bounds or ():
            assert row.parse(type(row.default)(bound)) == bound, row.name


def test_a_cloud_that_was_set_later_was_asked_for():
    settings = Settings.read({}).changed({'point_cloud': True})
    assert settings.adapted(DeviceConfig(depth_mode=DepthMode.OFF)).point_cloud


def test_every_option_comes_from_its_parameter():
    """One that is forgotten would be ignored without a word."""
    given = {
        'depth_mode': ('WFOV_2X2BINNED', DepthMode.WFOV_2X2BINNED),
        'color_resolution': ('1080P', ColorResolution.R1080P),
        'color_format': ('NV12', ImageFormat.NV12),
        'fps': (15, Fps.FPS_15),
        'synchronized_images_only': (True, True),
        'depth_delay_off_color_usec': (160, 160),
        'wired_sync_mode': (2, WiredSyncMode.SUBORDINATE),
        'subordinate_delay_off_master_usec': (320, 320),
        'disable_streaming_indicator': (True, True),
    }
    config = Settings.read({name: value for name, (value, _) in given.items()}).device_config
    assert {field.name for field in dataclasses.fields(config)} == set(given)
    assert dataclasses.asdict(config) == {name: meant for name, (_, meant) in given.items()}

    options = Settings.read(
        {
            'body_tracker': 'simulated',
            'body_tracking_processing_mode': 'cpu',
            'body_tracking_sensor_orientation': 'flip180',
            'body_tracking_gpu_device_id': 3,
            'body_tracking_model_path': '/a.onnx',
            'body_tracking_smoothing_factor': 0.25,
            'sdk_library_path': '/sdk',
            'simulated_tracker_latency': 0.125,
            'simulated_tracker_noise': 0.5,
            'simulated_seed': 7,
        }
    ).tracker_options(config, 'playback')
    assert dataclasses.astuple(options) == (
        'simulated', 'playback', DepthMode.WFOV_2X2BINNED, 'cpu', 'flip180', 3, '/a.onnx', 0.25,
        '/sdk', 0.125, 0.5, 7,
    )  # fmt: skip
