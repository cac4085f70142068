# SPDX-License-Identifier: Apache-2.0
"""
Data as it flows: images, captures, IMU samples, calibrations, bodies.

Lengths are metres, except in raw depth images (millimetres, as the sensor delivers them).
Device times are integer microseconds of the camera's clock, host times integer nanoseconds of the
host's monotonic clock. 2D positions follow the vendor: the centre of the top-left pixel is (0, 0).
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from azure_kinect_py.modes import ImageFormat

Matrix = npt.NDArray[np.float64]
"""A 4x4 rigid transform, metres."""


@dataclasses.dataclass(frozen=True, eq=False)
class Image:
    """
    One image of one sensor.

    ``pixels`` is a view of the source's buffer, which lives as long as the view does; its shape
    and dtype follow ``format`` (see :class:`ImageFormat`). Treat it as read-only.
    ``exposure_usec``, ``white_balance_kelvin`` and ``iso_speed`` are known for color images of a
    live camera only, and 0 otherwise.
    """

    pixels: npt.NDArray[Any]
    format: ImageFormat
    device_time_usec: int
    host_time_ns: int
    exposure_usec: int = 0
    white_balance_kelvin: int = 0
    iso_speed: int = 0


@dataclasses.dataclass(frozen=True, eq=False)
class Capture:
    """
    Images taken together; any of them may be missing.

    ``handle`` is the source's own object behind the capture (the SDK's capture, for a tracker to
    take without a copy), or None. ``truth`` is what the simulated camera knows about the people in
    view, and None elsewhere. Closing (or leaving a ``with``) gives the handle back at once; the
    pixels of images that somebody still holds stay valid.
    """

    depth_image: Image | None = None
    ir_image: Image | None = None
    color_image: Image | None = None
    temperature_c: float = float('nan')
    handle: Any = None
    truth: BodyFrame | None = None
    on_close: Callable[[], None] | None = dataclasses.field(default=None, repr=False)

    def with_images(self, change: Callable[[Image], Image]) -> Capture:
        """Return this capture with each of its images changed."""
        depth, ir, color = (
            None if image is None else change(image)
            for image in (self.depth_image, self.ir_image, self.color_image)
        )
        return dataclasses.replace(self, depth_image=depth, ir_image=ir, color_image=color)

    @property
    def depth(self) -> npt.NDArray[np.uint16] | None:
        """Depth, (H, W) uint16 in millimetres, 0 = invalid; None if missing."""
        return None if self.depth_image is None else self.depth_image.pixels

    @property
    def ir(self) -> npt.NDArray[np.uint16] | None:
        """Infrared, (H, W) uint16; None if missing."""
        return None if self.ir_image is None else self.ir_image.pixels

    @property
    def color(self) -> npt.NDArray[np.uint8] | None:
        """Color, uint8 in the shape of its format; None if missing."""
        return None if self.color_image is None else self.color_image.pixels

    @property
    def images(self) -> tuple[Image, ...]:
        """The images that are there, depth first."""
        return tuple(i for i in (self.depth_image, self.ir_image, self.color_image) if i)

    @property
    def device_time_usec(self) -> int:
        """Device time of the capture: of its depth image, else infrared, else color."""
        return self.images[0].device_time_usec

    def close(self) -> None:
        """Give the source's handle back; harmless when repeated."""
        if self.on_close is not None:
            self.on_close()

    def __enter__(self) -> Capture:
        """Return self."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()


class ImuSample(NamedTuple):
    """Accelerometer (m/s^2) and gyroscope (rad/s) in the sensor's own axes, device times."""

    acc: tuple[float, float, float]
    acc_time_usec: int
    gyro: tuple[float, float, float]
    gyro_time_usec: int
    temperature_c: float


class LensModel(enum.IntEnum):  # k4a_calibration_model_type_t
    RATIONAL_6KT = 3  # deprecated: factor 1 on the mixed tangential term
    BROWN_CONRADY = 4


class Sensor(enum.IntEnum):  # k4a_calibration_type_t
    DEPTH = 0
    COLOR = 1
    GYRO = 2
    ACCEL = 3


@dataclasses.dataclass(frozen=True)
class CameraCalibration:
    """Lens and size of one camera in the mode in use; focal lengths and centre in pixels."""

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float
    k1: float = 0.0
    k2: float = 0.0
    k3: float = 0.0
    k4: float = 0.0
    k5: float = 0.0
    k6: float = 0.0
    p1: float = 0.0
    p2: float = 0.0
    codx: float = 0.0
    cody: float = 0.0
    metric_radius: float = 1.7
    model: LensModel = LensModel.BROWN_CONRADY


@dataclasses.dataclass(frozen=True, eq=False)
class Calibration:
    """
    Calibration of one unit in the modes in use.

    A camera that is OFF is None. ``from_depth`` maps points of the depth camera into each
    sensor. ``raw`` is the factory's JSON, without a trailing NUL.
    """

    depth: CameraCalibration | None
    color: CameraCalibration | None
    from_depth: tuple[Matrix, Matrix, Matrix, Matrix]
    raw: bytes = b''

    def extrinsics(self, source: Sensor, target: Sensor) -> Matrix:
        """
        Return the 4x4 transform that maps points of ``source`` into ``target``, metres.

        TF stores the opposite: the pose of the child in the parent is
        ``extrinsics(child, parent)``.
        """
        result: Matrix = self.from_depth[target] @ np.linalg.inv(self.from_depth[source])
        return result


@dataclasses.dataclass(frozen=True)
class DeviceInfo:
    """Who the camera is. Serial numbers are strings: leading zeros count."""

    kind: str
    serial: str
    name: str = 'Azure Kinect DK'
    color_firmware: str = ''
    depth_firmware: str = ''


@dataclasses.dataclass(frozen=True, eq=False)
class Body:
    """
    One person: 32 joints in the depth camera's optical frame.

    ``positions`` (32, 3) metres, ``orientations`` (32, 4) quaternions (x, y, z, w) in the axis
    conventions of the Body Tracking SDK, ``confidences`` (32,) uint8, see
    :class:`~azure_kinect_py.joints.Confidence`.
    """

    id: int
    positions: npt.NDArray[np.float64]
    orientations: npt.NDArray[np.float64]
    confidences: npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True, eq=False)
class BodyFrame:
    """
    The people of one capture.

    ``index_map`` has the shape of the depth image; its values are indices into ``bodies``
    (not ids), or BACKGROUND (255).
    """

    device_time_usec: int
    bodies: tuple[Body, ...]
    index_map: npt.NDArray[np.uint8] | None = None
