# SPDX-License-Identifier: Apache-2.0
"""Names of the coordinate frames, in Microsoft's convention or that of REP-103."""

from __future__ import annotations

import dataclasses

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.joints import JOINT_NAMES

CONVENTIONS: dict[str, tuple[str, str, str, str]] = {
    'microsoft': ('camera_base', 'depth_camera_link', 'rgb_camera_link', 'imu_link'),
    'rep103': ('camera_link', 'depth_optical_frame', 'color_optical_frame', 'imu_frame'),
}
"""Name of a convention -> base, depth, color and IMU frame."""


PREFIXES = 'text without blanks that does not begin with "/"'


@dataclasses.dataclass(frozen=True)
class Frames:
    """
    The frames of one camera.

    ``base`` looks ahead (x forward, y left, z up); ``depth`` and ``color`` are optical frames
    (x right, y down, z forward) in either convention; ``imu`` has the axes of the sensor.

    :ivar prefix: Put in front of every name as it is, so mind the separator: ``left_``, ``left/``.
    :raises ConfigError: for an unknown convention, or a prefix that tf2 would refuse.
    """

    prefix: str = ''
    convention: str = 'microsoft'

    def __post_init__(self) -> None:
        if self.convention not in CONVENTIONS:
            raise ConfigError(
                f'frame_convention: {self.convention!r} is unknown; '
                f'allowed are {", ".join(CONVENTIONS)}'
            )
        if self.prefix.startswith('/') or any(c.isspace() for c in self.prefix):
            raise ConfigError(f'tf_prefix: {self.prefix!r} is not possible; allowed is {PREFIXES}')

    @property
    def base(self) -> str:
        """The camera's housing."""
        return self.prefix + CONVENTIONS[self.convention][0]

    @property
    def depth(self) -> str:
        """The depth camera; bodies are in this frame."""
        return self.prefix + CONVENTIONS[self.convention][1]

    @property
    def color(self) -> str:
        """The color camera."""
        return self.prefix + CONVENTIONS[self.convention][2]

    @property
    def imu(self) -> str:
        """The accelerometer."""
        return self.prefix + CONVENTIONS[self.convention][3]

    def joint(self, body_id: int, joint: int) -> str:
        """Return the frame of a body's joint: ``<prefix>body_<id>/<joint>``."""
        return f'{self.prefix}body_{body_id}/{JOINT_NAMES[joint]}'
