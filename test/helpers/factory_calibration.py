# SPDX-License-Identifier: Apache-2.0
"""A raw calibration as a retail camera stores it, for cameras that the tests make up."""

import json

_DEPTH = [
    0.502186, 0.501795, 0.492820, 0.492927, 0.582516, 0.00613612, -0.00131868, 0.925613, 0.125690,
    -0.00653025, 0, 0, -2.08336e-05, -0.000128779,
]  # fmt: skip
_COLOR = [
    0.496262, 0.504539, 0.481095, 0.855029, 0.668833, -2.747438, 1.531658, 0.545375, -2.577860,
    1.464018, 0, 0, -1.22595e-05, 0.000691016,
]  # fmt: skip
_COLOR_POSE = (
    [
        0.9999948, 8.95e-05, -0.0032330, 0.000129, 0.9977173, 0.0675286,
        0.0032317, -0.0675287, 0.9977121,
    ],
    [-0.031942, -0.002476, 0.003649],
)  # fmt: skip
_GYRO_POSE = (
    [
        0.0062151, 0.1121225, -0.9936749, -0.9999267, -0.0096323, -0.0073411,
        -0.0103944, 0.9936477, 0.1120545,
    ],
    [0, 0, 0],
)  # fmt: skip
_ACCEL_POSE = (
    [
        0.0003031, 0.1085869, -0.9940869, -0.9999821, -0.0059170, -0.0009512,
        -0.0059853, 0.9940693, 0.1085831,
    ],
    [-0.050794, 0.003408, 0.001452],
)  # fmt: skip
_HERE = ([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0])


def raw_calibration():
    """Return the JSON, as bytes without a NUL."""
    root = {
        'Cameras': [
            _camera('D0', 'Depth', _DEPTH, _HERE, (1024, 1024), 1.737323),
            _camera('PV0', 'PhotoVideo', _COLOR, _COLOR_POSE, (3840, 2160), 0),
        ],
        'InertialSensors': [
            _inertial('Gyro', 16, _GYRO_POSE),
            _inertial('Accelerometer', 56, _ACCEL_POSE),
        ],
        'Metadata': {'SerialId': '000123456000'},
    }
    return json.dumps({'CalibrationInformation': root}).encode()


def _camera(location, purpose, parameters, pose, size, radius):
    return {
        'Intrinsics': {
            'ModelParameterCount': len(parameters),
            'ModelParameters': parameters,
            'ModelType': 'CALIBRATION_LensDistortionModelBrownConrady',
        },
        'Location': f'CALIBRATION_CameraLocation{location}',
        'Purpose': f'CALIBRATION_CameraPurpose{purpose}',
        'MetricRadius': radius,
        'Rt': {'Rotation': pose[0], 'Translation': pose[1]},
        'SensorWidth': size[0],
        'SensorHeight': size[1],
        'Shutter': 'CALIBRATION_ShutterTypeUndefined',
        'ThermalAdjustmentParams': {'Params': [0] * 12},
    }


def _inertial(kind, mask, pose):
    return {
        'SensorType': f'CALIBRATION_InertialSensorType_{kind}',
        'Id': 'CALIBRATION_InertialSensorId_LSM6DSM',
        'ModelTypeMask': mask,
        'Rt': {'Rotation': pose[0], 'Translation': pose[1]},
        'BiasTemperatureModel': [0] * 12,
        'BiasUncertainty': [1e-4] * 3,
        'MixingMatrixTemperatureModel': [1 if i in (0, 16, 32) else 0 for i in range(36)],
        'Noise': [1e-3] * 3 + [0] * 3,
        'SecondOrderScaling': [0] * 9,
        'TemperatureBounds': [5, 60],
        'TemperatureC': 0,
    }
