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
    has_depth, has_color = config.depth_mode.has_depth, config.color_on
    if settings.point_cloud and not has_depth:
        raise _lacking('point_cloud', True, 'depth', settings, config)
    if settings.rgb_point_cloud and not has_depth:
        raise _lacking('rgb_point_cloud', True, 'depth', settings, config)
    if settings.rgb_point_cloud and not settings.point_cloud:
        raise ConfigError(
            'rgb_point_cloud: true needs point_cloud true; allowed are false, or both true'
        )
    if settings.rgb_point_cloud and not has_color:
        raise _lacking('rgb_point_cloud', True, 'color', settings, config)
    if settings.point_cloud and not settings.point_cloud_in_depth_frame and not has_color:
        raise _lacking('point_cloud_in_depth_frame', False, 'color', settings, config)
    if settings.body_tracking_enabled and not has_depth:
        raise _lacking('body_tracking_enabled', True, 'depth', settings, config)
    if settings.body_tracking_enabled:
        settings.tracker_options(config, settings.kind).check()


def _lacking(
    name: str, value: bool, image: str, settings: Settings, config: DeviceConfig
) -> ConfigError:
    """Return the error of a parameter that needs images which there will not be."""
    needs, allowed = f'{name}: {value} needs {image}'.lower(), str(not value).lower()
    if settings.kind == 'playback':
        return ConfigError(f'{needs}, which the recording lacks; allowed is {allowed}')
    why, remedy = 'the color camera is off', 'color_enabled true'
    if image == 'depth':
        modes = ', '.join(mode.name for mode in DepthMode if mode.has_depth)
        remedy = f'depth_enabled true with depth_mode {modes}'
        why = 'the depth camera is off'
        if config.depth_on:
            why = f'depth_mode is {config.depth_mode.name}'
    return ConfigError(f'{needs}, but {why}; allowed are {allowed}, or {remedy}')
