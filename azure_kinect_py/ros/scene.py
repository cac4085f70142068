# SPDX-License-Identifier: Apache-2.0
"""What the topics of a session are made for."""

from __future__ import annotations

import dataclasses

from azure_kinect_py.data import Calibration
from azure_kinect_py.modes import DeviceConfig
from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.sources.base import Source


@dataclasses.dataclass(frozen=True)
class Scene:
    """One unit in its modes, and how its topics are to be."""

    calibration: Calibration
    config: DeviceConfig
    frames: Frames
    kind: str
    has_imu: bool
    settings: Settings

    @classmethod
    def of(cls, source: Source, settings: Settings) -> Scene:
        """Return the scene of an open source."""
        return cls(
            calibration=source.calibration,
            config=source.config,
            frames=Frames(settings.tf_prefix, settings.frame_convention),
            kind=source.info.kind,
            has_imu=source.has_imu,
            settings=settings,
        )

    @property
    def has_depth(self) -> bool:
        """Whether there are depth images."""
        return self.config.depth_mode.has_depth

    @property
    def has_both(self) -> bool:
        """Whether there are depth and color images."""
        return self.has_depth and self.config.color_on
