# SPDX-License-Identifier: Apache-2.0
"""The factory's JSON gives the numbers that the vendor's library makes of it, or a clear error."""

import copy
import itertools
import json

import numpy as np
import pytest
from helpers.references import DATA

from azure_kinect_py.data import LensModel, Sensor
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import ColorResolution, DepthMode
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sdk.calibration import SdkCalibration

UNITS = ['retail', 'devkit']
RETAIL = (DATA / 'calibration_retail.json').read_bytes()
ORDER = ['cx', 'cy', 'fx', 'fy', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'codx', 'cody', 'p2', 'p1']


def parse(raw, depth=DepthMode.NFOV_UNBINNED, color=ColorResolution.R720P):
    return parse_calibration(raw, depth, color)


def assert_same_camera(camera, struct):
    if camera is None:
        assert struct.resolution_width == 0
        return
    assert (camera.width, camera.height) == (struct.resolution_width, struct.resolution_height)
    assert [getattr(camera, name) for name in ORDER] == pytest.approx(
        list(struct.intrinsics.parameters)[:14], rel=1e-6
    )
    assert camera.metric_radius == pytest.approx(struct.metric_radius)
    assert camera.model == struct.intrinsics.type


@pytest.mark.parametrize('unit', UNITS)
def test_equals_the_vendor_in_every_combination_of_modes(unit):
    raw = (DATA / f'calibration_{unit}.json').read_bytes()
    for depth, color in itertools.product(DepthMode, ColorResolution):
        if not depth and not color:
            continue
        theirs = SdkCalibration.from_raw(k4a.load(), raw, depth, color).struct
        ours = parse(raw, depth, color)
        assert_same_camera(ours.depth, theirs.depth_camera_calibration)
        assert_same_camera(ours.color, theirs.color_camera_calibration)
        if not depth or not color:
            continue  # the library knows no pose of a camera that is off
        for source, target in itertools.product(Sensor, Sensor):
            pose, expected = ours.extrinsics(source, target), theirs.extrinsics[source][target]
            assert pose[:3, :3].ravel() == pytest.approx(list(expected.rotation), abs=1e-6)
            assert pose[:3, 3] * 1000 == pytest.approx(list(expected.translation), abs=1e-4)


def test_both_cameras_may_be_off():
    calibration = parse(RETAIL, DepthMode.OFF, ColorResolution.OFF)
    assert calibration.depth is None
    assert calibration.color is None
    assert calibration.extrinsics(Sensor.DEPTH, Sensor.ACCEL)[0, 3] == pytest.approx(-0.0507944)


@pytest.mark.parametrize(
    'raw', [RETAIL + b'\0', b'\xef\xbb\xbf' + RETAIL, RETAIL.decode(), RETAIL + b'\0\0']
)
def test_how_the_text_arrives_does_not_matter(raw):
    assert parse(raw).depth == parse(RETAIL).depth
    assert not parse(raw).raw.endswith(b'\0')


def test_keeps_the_text_for_recordings():
    assert parse(RETAIL + b'\0').raw == RETAIL


def test_units_differ_in_what_the_tests_need():
    retail, devkit = (parse((DATA / f'calibration_{unit}.json').read_bytes()) for unit in UNITS)
    assert retail.color.metric_radius == pytest.approx(0.65614, abs=1e-5)
    assert devkit.color.metric_radius == 1.7
    assert retail.color.model is LensModel.BROWN_CONRADY
    assert devkit.color.model is LensModel.RATIONAL_6KT


def changed(change):
    root = copy.deepcopy(json.loads(RETAIL))
    change(root['CalibrationInformation'])
    return json.dumps(root).encode()


@pytest.mark.parametrize(
    ('change', 'named'),
    [
        (lambda r: r.pop('Cameras'), r'CalibrationInformation\.Cameras is missing'),
        (lambda r: r['Cameras'].pop(0), 'CameraLocationD0 is missing'),
        (lambda r: r['Cameras'].pop(1), 'CameraLocationPV0 is missing'),
        (lambda r: r.pop('InertialSensors'), 'InertialSensors is missing'),
        (lambda r: r['InertialSensors'].pop(1), 'Accelerometer is missing'),
        (lambda r: r['Cameras'][0].pop('MetricRadius'), r'D0\.MetricRadius is missing'),
        (lambda r: r['Cameras'][1].pop('Intrinsics'), r'PV0\.Intrinsics is missing'),
        (lambda r: r['Cameras'][1].pop('Rt'), r'PV0\.Rt is missing'),
        (lambda r: r['Cameras'][1]['Rt'].pop('Translation'), r'Rt\.Translation is missing'),
        (lambda r: r['Cameras'][1]['Rt']['Rotation'].pop(), r'Rotation has 8 numbers, not 9'),
        (lambda r: r['Cameras'][1]['Rt'].update(Rotation=[1] * 9), 'Rotation is not a rotation'),
        (lambda r: r['Cameras'][0]['Intrinsics']['ModelParameters'].pop(), '13 numbers, not 14'),
        (
            lambda r: r['Cameras'][0]['Intrinsics'].update(ModelParameters=[float('nan')] * 14),
            'is nan, which it cannot be',
        ),
        (
            lambda r: r['Cameras'][0]['Intrinsics'].update(ModelParameters=[1e38] * 14),
            r'is 1e\+38, which it cannot be',
        ),
        (lambda r: r['Cameras'][0].update(MetricRadius=10**400), 'is 401 digits long'),
        (
            lambda r: r['Cameras'][0]['Intrinsics'].update(ModelParameters=[0.0] * 14),
            'focal lengths must be positive',
        ),
        (
            lambda r: r['Cameras'][0]['Intrinsics'].update(ModelType='Theta'),
            "ModelType is 'Theta'",
        ),
        (lambda r: r['Cameras'][0].update(SensorWidth=640), '640 x 1024 pixels'),
        (lambda r: r['Cameras'][1].update(SensorWidth=100), 'neither 16:9 nor 4:3'),
        (lambda r: r['Cameras'][1].update(SensorWidth='wide'), 'SensorWidth is a str'),
        (lambda r: r['Cameras'][0].update(MetricRadius=None), 'MetricRadius is a NoneType'),
    ],
)
def test_what_is_missing_or_impossible_is_named(change, named):
    with pytest.raises(ConfigError, match=named):
        parse(changed(change))


@pytest.mark.parametrize(
    'raw', [b'', b'\0', b'no', b'[]', b'{}', RETAIL[:900], b'\xff\xfe', b'[' * 9999]
)
def test_what_is_no_calibration_is_refused(raw):
    with pytest.raises(ConfigError, match='calibration'):
        parse(raw)


def test_a_color_camera_calibrated_in_4_to_3():
    def to_4_3(root):
        camera = root['Cameras'][1]
        lens = camera['Intrinsics']['ModelParameters']
        lens[1] = (lens[1] * 2304 + 384) / 3072
        lens[3] = lens[3] * 2304 / 3072
        camera['SensorHeight'] = 2880

    ours, wide = parse(changed(to_4_3)).color, parse(RETAIL).color
    np.testing.assert_allclose([ours.fy, ours.cy], [wide.fy, wide.cy], rtol=1e-6)
