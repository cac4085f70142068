# SPDX-License-Identifier: Apache-2.0
"""What can be asked of a running driver; each answers with what it did, or why it could not."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from azure_kinect_py.errors import ConfigError, KinectError
from azure_kinect_py.ros.driver import Driver
from azure_kinect_py.sources import Source


def reset(driver: Driver) -> str:
    """Close the camera and start it again; a recording begins at its start."""
    driver.restart()
    return 'started again' if driver.active else 'opened again; activate the node to start it'


def record(driver: Driver, on: bool) -> str:
    """Begin or end a recording."""
    if not on:
        written = driver.recording.stop()
        if driver.recording.ended:
            raise KinectError(f'nothing was being recorded\n{driver.recording.ended}')
        return written or 'nothing was being recorded'
    settings = driver.settings
    source = running_source(driver)
    if source.info.kind == 'playback' and not settings.playback_rate:
        raise ConfigError(
            'playback_rate: with 0.0, images and IMU samples do not come in the order of time, in '
            'which a recording is written; allowed are rates above 0'
        )
    if driver.streams.ended:
        raise KinectError('there is nothing to record: the stream has ended; ~/reset starts it')
    path = driver.recording.start(source, settings.record_file, settings.sdk_library_path)
    return f'recording to {path}'


def pause(driver: Driver, on: bool) -> str:
    """Hold a recording, or let it go on."""
    source = running_source(driver)
    hold = getattr(source, 'pause', None)
    if hold is None:
        raise ConfigError(f'a {source.info.kind} source cannot be paused, only playback can')
    if driver.streams.ended:
        raise KinectError('nothing plays: the stream has ended; ~/reset starts it')
    hold(on)
    return 'paused' if on else 'going on'


def device_info(driver: Driver) -> str:
    """Return who the camera is and what it is set to, as JSON."""
    source = driver.connection.source
    if source is None:
        raise _no_source(driver)
    jacks = source.sync_jacks()
    info: dict[str, Any] = dataclasses.asdict(source.info)
    config = dataclasses.asdict(source.config)
    info['config'] = {name: getattr(value, 'name', value) for name, value in config.items()}
    info['config']['fps'] = source.config.fps.hz
    info['config']['color_resolution'] = source.config.color_resolution.label
    info['sync_in_connected'], info['sync_out_connected'] = jacks
    for name in ('depth', 'color'):
        camera = getattr(source.calibration, name)
        info[f'{name}_camera'] = None if camera is None else dataclasses.asdict(camera)
    return json.dumps(info)


def running_source(driver: Driver) -> Source:
    """Return the source; raise KinectError when it does not run."""
    source = driver.connection.source
    if source is None or driver.connection.stopped:
        raise _no_source(driver)
    return source


def _no_source(driver: Driver) -> KinectError:
    return KinectError(driver.connection.problem or 'the cameras do not run; activate the node')
