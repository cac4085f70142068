# SPDX-License-Identifier: Apache-2.0
"""
The simulated camera: an Azure Kinect that hangs in a furnished room where people walk.

It has the modes, the optics, the noise and the clock of the hardware, and knows the truth about
the people: ``Capture.truth`` is what a perfect body tracker would report.
"""

from __future__ import annotations

import importlib.resources
import json

from azure_kinect_py.data import DeviceInfo
from azure_kinect_py.errors import ConfigError
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.sources import SourceOptions
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.paths import MOST_PEOPLE
from azure_kinect_py.sources.simulated.scene import Scene
from azure_kinect_py.sources.simulated.source import SimulatedSource

__all__ = ['SimulatedSource', 'open_simulated']


def open_simulated(options: SourceOptions) -> SimulatedSource:
    """
    Open a simulated camera.

    It takes the serial number that is asked for, so that several can be told apart.

    :raises ConfigError: when there are too many people for the room, or the seed is negative.
    """
    people = options.simulated_people
    if not 0 <= people <= MOST_PEOPLE:
        raise ConfigError(
            f'simulated_people: {people} is out of range; allowed are 0 to {MOST_PEOPLE}'
        )
    if options.simulated_seed < 0:
        raise ConfigError(
            f'simulated_seed: {options.simulated_seed} is out of range; allowed are 0 and more'
        )
    raw, serial = _factory_calibration(options.sensor_sn)
    config = options.config
    calibration = parse_calibration(raw, config.depth_mode, config.color_resolution)
    scene = Scene(calibration, config, people, options.simulated_seed)
    scene.capture(0, Clock(config, options.simulated_seed, 0))  # the kernels are ready now
    info = DeviceInfo('simulated', serial, color_firmware='1.6.110', depth_firmware='1.6.80')
    return SimulatedSource(config, scene, info, options.simulated_seed)


def _factory_calibration(sensor_sn: str) -> tuple[bytes, str]:
    """Return the factory's JSON and the serial number in it."""
    file = importlib.resources.files(__package__).joinpath('calibration.json')
    raw = file.read_bytes()
    root = json.loads(raw)
    metadata = root['CalibrationInformation']['Metadata']
    if sensor_sn and sensor_sn != metadata['SerialId']:
        metadata['SerialId'] = sensor_sn
        raw = json.dumps(root, indent=1).encode()
    return raw, metadata['SerialId']
