# SPDX-License-Identifier: Apache-2.0
"""Combinations of parameters that cannot be, found before any hardware is touched."""

from __future__ import annotations

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import DepthMode, DeviceConfig
from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.ros.parameters.settings import Settings


def check(settings: Settings) -> Settings:
    """
    Return the settings, adapted to the modes they ask for, if the camera can do them.

    What a recording can do is known once it is open; see :func:`check_outputs`.

    :raises ConfigError: naming the parameter, its value, and what is allowed.
    """
    Frames(settings.tf_prefix, settings.frame_convention)
    if settings.kind == 'playback':
        if not settings.recording_file:
            raise ConfigError(
                'recording_file: it is empty; source playback needs the path of a recording'
            )
        return settings
    if settings.recording_file:
        raise ConfigError(
            f'recording_file: {settings.recording_file!r} does not go with source '
            f'{settings.source}; allowed are source auto and playback'
        )
    config = settings.device_config.check()
    settings = settings.adapted(config)
    check_outputs(settings, config)
    return settings


def check_outputs(settings: Settings, config: DeviceConfig) -> None:
    """
    Check what is to be published against the modes in use, also those of a recording.

    :raises ConfigError: naming the parameter, its value, and what is allowed.
    """
    depth = (
        f'depth_mode is {config.depth_mode.name}' if config.depth_on else 'the depth camera is off'
    )
    modes = ', '.join(mode.name for mode in DepthMode if mode.has_depth)
    if settings.point_cloud and not config.depth_mode.has_depth:
        raise ConfigError(
            f'point_cloud: true needs depth, but {depth}; allowed are false, or '
            f'depth_enabled true with depth_mode {modes}'
        )
    if settings.rgb_point_cloud and not settings.point_cloud:
        raise ConfigError(
            'rgb_point_cloud: true needs point_cloud true; allowed are false, or both true'
        )
    if settings.rgb_point_cloud and not config.color_on:
        raise ConfigError(
            'rgb_point_cloud: true needs color, but the color camera is off; '
            'allowed are false, or color_enabled true'
        )
    if settings.point_cloud and not settings.point_cloud_in_depth_frame and not config.color_on:
        raise ConfigError(
            'point_cloud_in_depth_frame: false needs color, but the color camera is off; '
            'allowed are true, or color_enabled true'
        )
    if settings.body_tracking_enabled and not config.depth_mode.has_depth:
        raise ConfigError(
            f'body_tracking_enabled: true needs depth, but {depth}; allowed are false, or '
            f'depth_enabled true with depth_mode {modes}'
        )
    if settings.body_tracking_enabled:
        settings.tracker_options(config, settings.kind).check()
