# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: RUF009 (a row is a dataclasses.field)
"""The rows of the parameter table about the source, the cameras, and what is sent of them."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from azure_kinect_py.modes import ColorResolution, DepthMode, Fps, ImageFormat, WiredSyncMode
from azure_kinect_py.ros.frames import PREFIXES
from azure_kinect_py.ros.parameters.rows import names, row, same


@dataclasses.dataclass(frozen=True)
class SourceParameters:
    """Source."""

    source: str = row(
        'auto',
        'Where captures come from. auto: playback if recording_file is set, else device.',
        choices=same('auto', 'device', 'playback', 'simulated'),
    )
    sensor_sn: str = row(
        '',
        'Serial number of the camera, a string: quote it. Empty: the first free camera.',
        serial=True,
    )
    recording_file: str = row(
        '',
        'Path of the recording (.mkv) that playback plays, in its own modes: what the parameters '
        'say of modes, resolution and frame rate does not count.',
    )
    recording_loop_enabled: bool = row(False, 'Begin the recording again at its end.')
    playback_rate: float = row(
        1.0,
        'Speed of playback: 1 is real time, 0 as fast as it is read.',
        bounds=(0.0, 100.0),
    )
    record_file: str = row(
        '~/azure_kinect_%Y%m%d_%H%M%S.mkv',
        'Where the service ~/record writes, never over a file; % codes as of strftime.',
    )
    sdk_library_path: str = row('', 'Folder of libk4a, libk4arecord, libk4abt. Empty: search.')
    simulated_people: int = row(2, 'People who walk in the simulated room.', bounds=(0, 6))
    simulated_seed: int = row(
        0, 'The same seed gives the same simulated frames.', bounds=(0, 2**31 - 1)
    )
    autostart: bool = row(
        True, 'Configure and activate at start; false: wait for lifecycle transitions.'
    )


@dataclasses.dataclass(frozen=True)
class CameraParameters:
    """Cameras."""

    depth_enabled: bool = row(True, 'Run the depth camera (depth and infrared).')
    depth_mode: DepthMode = row(
        'NFOV_UNBINNED', 'Mode of the depth camera.', choices=names(DepthMode)
    )
    depth_unit: str = row(
        '16UC1',
        'Encoding of depth images: 16UC1 is millimetres (0 invalid), 32FC1 metres (NaN invalid).',
        choices=same('16UC1', '32FC1'),
    )
    color_enabled: bool = row(True, 'Run the color camera.')
    color_format: ImageFormat = row(
        'MJPG',
        'What the color camera delivers. MJPG: rgb/image_raw/compressed has its JPEGs, and '
        'rgb/image_raw is decoded (bgra8) while subscribed. BGRA32: decoded by the SDK. '
        'NV12, YUY2: 720P only. bgra and jpeg, as in the Microsoft driver, are understood.',
        choices={
            'MJPG': ImageFormat.MJPG,
            'BGRA32': ImageFormat.BGRA32,
            'NV12': ImageFormat.NV12,
            'YUY2': ImageFormat.YUY2,
        },
        hidden={
            'jpeg': ImageFormat.MJPG,
            'mjpeg': ImageFormat.MJPG,
            'bgra': ImageFormat.BGRA32,
        },
    )
    color_encoding: str = row(
        'native',
        'Encoding of rgb/image_raw. native: bgra8 of MJPG and BGRA32, nv12 of NV12, yuv422_yuy2 '
        'of YUY2. bgr8 is a quarter smaller than bgra8.',
        choices=same('native', 'bgra8', 'bgr8'),
    )
    color_resolution: ColorResolution = row(
        '720P', 'Resolution of the color camera.', choices=names(ColorResolution)
    )
    fps: Fps = row(
        30,
        'Frames per second of both cameras; 30 is not possible with WFOV_UNBINNED and 3072P.',
        choices={5: Fps.FPS_5, 15: Fps.FPS_15, 30: Fps.FPS_30},
    )
    synchronized_images_only: bool = row(
        False, 'Deliver only captures that have both a depth and a color image.'
    )
    depth_delay_off_color_usec: int = row(
        0,
        'Delay of the depth image after the color image, microseconds.',
        bounds=(-200000, 200000),
    )
    disable_streaming_indicator: bool = row(False, 'Keep the white front LED dark.')
    wired_sync_mode: WiredSyncMode = row(
        'standalone',
        'Role on the sync cable; the numbers 0, 1, 2 are understood too.',
        choices=names(WiredSyncMode, lower=True),
        hidden={mode.value: mode for mode in WiredSyncMode},
    )
    subordinate_delay_off_master_usec: int = row(
        0, 'Delay of a subordinate after its master, microseconds.', bounds=(0, 200000)
    )


def _control(default: int, text: str, **details: Any) -> Any:
    """Return the row of a control whose default stands for the camera's own."""
    shown = json.dumps(default)  # as in YAML
    return row(default, f"{text} {shown}: the camera's own default.", live=True, **details)


@dataclasses.dataclass(frozen=True)
class ColorControlParameters:
    """Color controls."""

    exposure_usec: int = row(
        0,
        'Exposure time in microseconds; the camera rounds up to its steps. 0: automatic.',
        bounds=(500, 133330),
        or_zero=True,
        live=True,
    )
    white_balance_kelvin: int = row(
        0,
        'White balance in kelvin. 0: automatic.',
        bounds=(2500, 12500),
        or_zero=True,
        step=10,
        live=True,
    )
    brightness: int = _control(128, 'Brightness.', bounds=(0, 255))
    contrast: int = _control(5, 'Contrast.', bounds=(0, 10))
    saturation: int = _control(32, 'Saturation.', bounds=(0, 63))
    sharpness: int = _control(2, 'Sharpness.', bounds=(0, 4))
    gain: int = _control(128, 'Gain.', bounds=(0, 255))
    backlight_compensation: bool = _control(False, 'Compensate for light from behind.')
    powerline_frequency: int = row(
        60,
        'Mains frequency in Hz, against flicker; the numbers of the SDK, 1 and 2, are understood. '
        "60: the camera's own default, which a Femto may have otherwise.",
        choices={50: 1, 60: 2},
        hidden={1: 1, 2: 2},
        live=True,
    )


@dataclasses.dataclass(frozen=True)
class OutputParameters:
    """Images, clouds, IMU and frames."""

    point_cloud: bool = row(
        True,
        'Publish points2. Unless it is set, it is on exactly when there is depth.',
        by_modes=True,
    )
    rgb_point_cloud: bool = row(False, 'Give the points their color.')
    point_cloud_in_depth_frame: bool = row(
        True,
        'One point per depth pixel in the depth camera frame; '
        'false: per color pixel in the color camera frame.',
    )
    rescale_ir_to_mono8: bool = row(
        False, 'Infrared as mono8, scaled by ir_mono8_scaling_factor; else mono16.'
    )
    ir_mono8_scaling_factor: float = row(
        1.0,
        'Factor from 16-bit infrared to mono8, saturating: 0.5 to 1 lit, 10 in PASSIVE_IR.',
        bounds=(0.0, 1000.0),
        live=True,
    )
    imu_rate_target: int = row(
        0,
        'IMU messages per second: the mean of as many samples as needed. 0: every sample.',
        bounds=(1, 1600),
        or_zero=True,
        live=True,
    )
    imu_batch_period: float = row(
        0.0045,
        'Seconds between batches of IMU messages. 0.0045: as the camera sends them, eight at '
        "once, which a queue of ten holds; 0.033: 53, as Microsoft's driver, in less CPU time.",
        bounds=(0.001, 0.1),
        live=True,
    )
    imu_angular_velocity_stddev: float = row(
        0.0,
        'Standard deviation in rad/s for the covariance. 0: unknown.',
        bounds=(0.0, 100.0),
        live=True,
    )
    imu_linear_acceleration_stddev: float = row(
        0.0,
        'Standard deviation in m/s^2 for the covariance. 0: unknown.',
        bounds=(0.0, 100.0),
        live=True,
    )
    tf_prefix: str = row('', 'Put before every frame name, as it is.', words=PREFIXES)
    frame_convention: str = row(
        'microsoft',
        'Frame names: microsoft (camera_base, depth_camera_link, rgb_camera_link, imu_link) or '
        'rep103 (camera_link, depth_optical_frame, color_optical_frame, imu_frame).',
        choices=same('microsoft', 'rep103'),
    )
    publish_tf: bool = row(True, 'Send /tf_static between the sensors, and /tf of the joints.')
