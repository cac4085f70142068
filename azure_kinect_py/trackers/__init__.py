# SPDX-License-Identifier: Apache-2.0
"""Where bodies come from: the vendor's tracker, or the simulated camera's ground truth."""

from __future__ import annotations

import dataclasses
import enum
import importlib
from collections.abc import Callable

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import DepthMode, parse
from azure_kinect_py.trackers.base import Tracked, Tracker

__all__ = [
    'TRACKERS',
    'ProcessingMode',
    'SensorOrientation',
    'Tracked',
    'Tracker',
    'TrackerOptions',
    'check_depth_mode',
    'open_tracker',
]

TRACKERS: dict[str, tuple[str, str]] = {
    'k4abt': ('azure_kinect_py.trackers.k4abt', 'open_k4abt'),
    'simulated': ('azure_kinect_py.trackers.simulated', 'open_simulated'),
}
"""Name of a tracker -> module and function that opens it; imported only when asked for."""


class ProcessingMode(enum.IntEnum):  # k4abt_tracker_processing_mode_t
    GPU = 0  # the platform's default: CUDA on Linux
    CPU = 1
    GPU_CUDA = 2
    GPU_TENSORRT = 3
    GPU_DIRECTML = 4  # Windows only

    @property
    def label(self) -> str:
        """The name that users write."""
        return self.name.lower()


class SensorOrientation(enum.IntEnum):  # k4abt_sensor_orientation_t
    DEFAULT = 0
    CLOCKWISE90 = 1
    COUNTERCLOCKWISE90 = 2
    FLIP180 = 3

    @property
    def label(self) -> str:
        """The name that users write."""
        return self.name.lower()


@dataclasses.dataclass(frozen=True)
class TrackerOptions:
    """
    Which tracker, and what it needs.

    :ivar tracker: ``auto``, ``k4abt`` or ``simulated``; ``auto`` is ``simulated`` for the
        simulated source, else ``k4abt``.
    :ivar source: Kind of the source that the captures come from.
    :ivar depth_mode: Of the captures.
    :ivar processing_mode: ``gpu``, ``cpu``, ``gpu_cuda`` or ``gpu_tensorrt``.
    :ivar sensor_orientation: How the camera is mounted: ``default``, ``clockwise90``,
        ``counterclockwise90`` or ``flip180``.
    :ivar gpu_device_id: Number of the GPU.
    :ivar model_path: ``standard``, ``lite``, or the path of a model; empty is ``standard``.
    :ivar smoothing: Temporal smoothing, 0 (none) to 1 (full).
    :ivar sdk_library_path: Folder of the vendor libraries; empty searches.
    :ivar simulated_latency_s: Time that the simulated tracker takes for a frame, seconds.
    :ivar simulated_noise_m: Standard deviation of its joints, metres.
    :ivar simulated_seed: The same seed gives the same noise.
    """

    tracker: str = 'auto'
    source: str = 'device'
    depth_mode: DepthMode = DepthMode.NFOV_UNBINNED
    processing_mode: str = 'gpu'
    sensor_orientation: str = 'default'
    gpu_device_id: int = 0
    model_path: str = ''
    smoothing: float = 0.0
    sdk_library_path: str = ''
    simulated_latency_s: float = 0.0
    simulated_noise_m: float = 0.0
    simulated_seed: int = 0

    @property
    def kind(self) -> str:
        """The tracker that ``auto`` stands for."""
        if self.tracker != 'auto':
            return self.tracker
        return 'simulated' if self.source == 'simulated' else 'k4abt'

    @property
    def mode(self) -> ProcessingMode:
        """The processing mode; raises ConfigError when there is none of that name here."""
        here = {mode.label: mode for mode in ProcessingMode}
        del here['gpu_directml']
        name = self.processing_mode.lower()
        if name not in here:
            why = 'exists on Windows only' if name == 'gpu_directml' else 'is unknown'
            raise ConfigError(
                f'body_tracking_processing_mode: {self.processing_mode!r} {why}; '
                f'allowed here are {", ".join(here)}'
            )
        return here[name]

    @property
    def orientation(self) -> SensorOrientation:
        """The sensor's orientation; raises ConfigError when there is none of that name."""
        return parse(
            SensorOrientation, self.sensor_orientation, 'body_tracking_sensor_orientation'
        )

    def check(self) -> TrackerOptions:
        """
        Return self if a tracker can do it.

        :raises ConfigError: naming the parameter, its value, and what is allowed.
        """
        if self.kind not in TRACKERS:
            allowed = ', '.join(['auto', *TRACKERS])
            raise ConfigError(f'body_tracker: {self.tracker!r} is unknown; allowed are {allowed}')
        if self.kind == 'simulated' and self.source != 'simulated':
            raise ConfigError(
                'body_tracker: simulated needs the simulated source, which knows where people '
                f'are; with source {self.source} use k4abt'
            )
        check_depth_mode(self.depth_mode)
        check_smoothing(self.smoothing)
        if self.gpu_device_id < 0:
            raise ConfigError(
                f'body_tracking_gpu_device_id: {self.gpu_device_id} is not possible; '
                'allowed are 0 and up'
            )
        _ = self.mode, self.orientation
        return self


def check_depth_mode(mode: DepthMode) -> None:
    """
    Refuse a depth mode that cannot be tracked.

    :raises ConfigError: naming it, and what is allowed.
    """
    if not mode.has_depth:
        allowed = ', '.join(other.name for other in DepthMode if other.has_depth)
        raise ConfigError(
            f'body_tracking_enabled: depth_mode {mode.name} has no depth to track bodies in; '
            f'allowed are {allowed}'
        )


def check_smoothing(factor: float) -> None:
    """
    Refuse a smoothing factor out of range.

    :raises ConfigError: naming it, and what is allowed.
    """
    if not 0.0 <= factor <= 1.0:
        raise ConfigError(
            f'body_tracking_smoothing_factor: {factor} is not possible; allowed are 0.0 to 1.0'
        )


def open_tracker(options: TrackerOptions) -> Tracker:
    """
    Return a tracker; its model is loaded by ``start``.

    :raises ConfigError: when an option is not possible.
    :raises LibraryNotFound: when the vendor's library is missing, saying what to install.
    :raises TrackerError: when its model is missing.
    """
    options.check()
    module, function = TRACKERS[options.kind]
    opener: Callable[[TrackerOptions], Tracker]
    opener = getattr(importlib.import_module(module), function)
    return opener(options)
