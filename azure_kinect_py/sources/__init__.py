# SPDX-License-Identifier: Apache-2.0
"""Where captures come from: the camera, a recording, or the simulated camera."""

from __future__ import annotations

import dataclasses
import importlib
import numbers
import os
from collections.abc import Callable

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.sources.base import Source

__all__ = ['SOURCES', 'Source', 'SourceOptions', 'open_source']

SOURCES: dict[str, tuple[str, str]] = {
    'device': ('azure_kinect_py.sources.device', 'open_device'),
    'playback': ('azure_kinect_py.sources.playback', 'open_playback'),
    'simulated': ('azure_kinect_py.sources.simulated', 'open_simulated'),
}
"""Name of a source -> module and function that opens it; imported only when asked for."""


@dataclasses.dataclass(frozen=True)
class SourceOptions:
    """
    Which source, and what it needs.

    :ivar source: ``auto``, ``device``, ``playback`` or ``simulated``; ``auto`` is ``playback``
        when there is a ``recording_file``, else ``device``.
    :ivar config: How to start the cameras; a recording brings its own modes.
    :ivar sensor_sn: Serial number of the camera; empty takes the first free one.
    :ivar recording_file: Path of a recording, for ``playback``.
    :ivar recording_loop_enabled: Begin again at the end.
    :ivar playback_rate: Speed of playback; 1 is real time, 0 is as fast as it is read.
    :ivar sdk_library_path: Folder of the vendor libraries; empty searches.
    :ivar simulated_people: How many people walk through the simulated room.
    :ivar simulated_seed: The same seed gives the same frames.
    """

    source: str = 'auto'
    config: DeviceConfig = dataclasses.field(default_factory=DeviceConfig)
    sensor_sn: str = ''
    recording_file: str = ''
    recording_loop_enabled: bool = False
    playback_rate: float = 1.0
    sdk_library_path: str = ''
    simulated_people: int = 2
    simulated_seed: int = 0

    @property
    def kind(self) -> str:
        """The source that ``auto`` stands for."""
        if self.source != 'auto':
            return self.source
        return 'playback' if self.recording_file else 'device'


_TYPES: dict[type, tuple[str, tuple[type, ...]]] = {
    str: ('text', (str, os.PathLike)),
    bool: ('True and False', (bool,)),
    int: ('whole numbers', (numbers.Integral,)),
    float: ('numbers', (numbers.Real,)),
    DeviceConfig: ('instances of DeviceConfig', (DeviceConfig,)),
}
"""Type of an option's default -> what is allowed, in words and as types."""


def open_source(options: SourceOptions) -> Source:
    """
    Open a source; nothing streams before its ``start``.

    :raises ConfigError: when the modes cannot be combined, a name is unknown, or an option has
        the wrong type.
    :raises KinectError: when it cannot be opened.
    """
    _check_types(options)
    if options.kind not in SOURCES:
        allowed = ', '.join(['auto', *SOURCES])
        raise ConfigError(f'source: {options.source!r} is unknown; allowed are {allowed}')
    if options.kind != 'playback':
        options.config.check()
    module, function = SOURCES[options.kind]
    opener: Callable[[SourceOptions], Source] = getattr(importlib.import_module(module), function)
    return opener(options)


def _check_types(options: SourceOptions) -> None:
    defaults = SourceOptions()
    for field in dataclasses.fields(options):
        value, kind = getattr(options, field.name), type(getattr(defaults, field.name))
        words, allowed = _TYPES[kind]
        if not isinstance(value, allowed) or (isinstance(value, bool) and kind is not bool):
            raise ConfigError(f'{field.name}: {value!r} is not possible; allowed are {words}')
