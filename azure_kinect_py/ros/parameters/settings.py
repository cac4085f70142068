# SPDX-License-Identifier: Apache-2.0
"""All parameters as one immutable, typed value, and the table of them."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig
from azure_kinect_py.ros.parameters.bodies import BodyParameters
from azure_kinect_py.ros.parameters.cameras import (
    CameraParameters,
    ColorControlParameters,
    OutputParameters,
    SourceParameters,
)
from azure_kinect_py.ros.parameters.rows import Parameter, parameters_of
from azure_kinect_py.sources import SourceOptions
from azure_kinect_py.trackers import TrackerOptions

GROUPS = (
    SourceParameters,
    CameraParameters,
    ColorControlParameters,
    OutputParameters,
    BodyParameters,
)

TABLE: tuple[Parameter, ...] = tuple(row for group in GROUPS for row in parameters_of(group))
"""Every parameter of the driver, in the order of the reference page."""

ROWS: Mapping[str, Parameter] = {parameter.name: parameter for parameter in TABLE}
"""The table by name."""


@dataclasses.dataclass(frozen=True)
class Settings(
    BodyParameters, OutputParameters, ColorControlParameters, CameraParameters, SourceParameters
):
    """
    The parameters of one moment, each within its own bounds.

    :ivar given: Names of those that the user set; the others may adapt to the modes in use.
    """

    given: frozenset[str] = frozenset()

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Settings:
        """
        Return the settings that ``values`` mean; what is not given has its default.

        :raises ConfigError: naming the parameter, the value, and what is allowed.
        """
        for name in values:
            if name not in ROWS:
                raise ConfigError(f'{name}: there is no such parameter{suggestion(name)}')
        parsed = {name: ROWS[name].parse(value) for name, value in values.items()}
        return cls(**parsed, given=frozenset(values))

    def adapted(self, config: DeviceConfig) -> Settings:
        """Return a copy for the modes in use: a cloud that nobody asked for needs depth."""
        if 'point_cloud' in self.given or config.depth_mode.has_depth:
            return self
        return dataclasses.replace(self, point_cloud=False)

    @property
    def kind(self) -> str:
        """The source that is meant: device, playback or simulated."""
        return self.source_options.kind

    @property
    def device_config(self) -> DeviceConfig:
        """How to start the cameras."""
        return DeviceConfig(
            depth_mode=self.depth_mode if self.depth_enabled else DepthMode.OFF,
            color_resolution=self.color_resolution if self.color_enabled else ColorResolution.OFF,
            color_format=self.color_format,
            fps=self.fps,
            synchronized_images_only=self.synchronized_images_only,
            depth_delay_off_color_usec=self.depth_delay_off_color_usec,
            wired_sync_mode=self.wired_sync_mode,
            subordinate_delay_off_master_usec=self.subordinate_delay_off_master_usec,
            disable_streaming_indicator=self.disable_streaming_indicator,
        )

    @property
    def source_options(self) -> SourceOptions:
        """Which source to open, and how."""
        names = [field.name for field in dataclasses.fields(SourceOptions)]
        return SourceOptions(
            config=self.device_config,
            **{name: getattr(self, name) for name in names if name != 'config'},
        )

    def tracker_options(self, config: DeviceConfig, kind: str) -> TrackerOptions:
        """
        Return which body tracker to use, and how.

        :param config: The modes in use.
        :param kind: Kind of the source in use.
        """
        return TrackerOptions(
            tracker=self.body_tracker,
            source=kind,
            depth_mode=config.depth_mode,
            processing_mode=self.body_tracking_processing_mode,
            sensor_orientation=self.body_tracking_sensor_orientation,
            gpu_device_id=self.body_tracking_gpu_device_id,
            model_path=self.body_tracking_model_path,
            smoothing=self.body_tracking_smoothing_factor,
            sdk_library_path=self.sdk_library_path,
            simulated_latency_s=self.simulated_tracker_latency,
            simulated_noise_m=self.simulated_tracker_noise,
            simulated_seed=self.simulated_seed,
        )

    def changed(self, values: Mapping[str, object]) -> Settings:
        """Return a copy with other values; raise ConfigError as :meth:`read` does."""
        parsed = {name: ROWS[name].parse(value) for name, value in values.items()}
        return dataclasses.replace(self, **parsed, given=self.given | frozenset(values))


def suggestion(name: str) -> str:
    """Return ``; did you mean ...?`` for a name close to a parameter's, else nothing."""
    close = difflib.get_close_matches(name, ROWS, n=1)
    return f'; did you mean {close[0]}?' if close else ''
