# SPDX-License-Identifier: Apache-2.0
"""The SDK's own calibration: made from the factory's JSON, and its conversions of points."""

from __future__ import annotations

import ctypes

from azure_kinect_py.data import Sensor
from azure_kinect_py.errors import ConfigError, KinectError
from azure_kinect_py.modes import ColorResolution, DepthMode
from azure_kinect_py.sdk import structs
from azure_kinect_py.sdk.image import ImageHandle
from azure_kinect_py.sdk.loader import Library

Point2 = tuple[float, float]
Point3 = tuple[float, float, float]


class SdkCalibration:
    """
    A ``k4a_calibration_t`` with its conversions, all in the SDK's units: pixels and millimetres.

    A conversion of a 2D point that has no result returns None.
    """

    def __init__(self, library: Library, struct: structs.Calibration) -> None:
        self.library = library
        self.struct = struct

    @classmethod
    def from_raw(
        cls, library: Library, raw: bytes, depth_mode: DepthMode, resolution: ColorResolution
    ) -> SdkCalibration:
        """
        Return the calibration of the factory's JSON in these modes.

        :raises ConfigError: when the SDK cannot read it, or both modes are OFF.
        """
        struct = structs.Calibration()
        text = raw.rstrip(b'\0') + b'\0'
        try:
            library.k4a_calibration_get_from_raw(text, len(text), depth_mode, resolution, struct)
        except KinectError as error:
            raise ConfigError(
                f'calibration: the SDK cannot use it with {depth_mode.name} and '
                f'{resolution.label}',
                log=error.log,
            ) from error
        return cls(library, struct)

    @property
    def _as_parameter_(self) -> object:
        return ctypes.byref(self.struct)

    def point_to_point(self, point: Point3, source: Sensor, target: Sensor) -> Point3:
        """Return a 3D point of one sensor as the other sees it."""
        result = structs.Float3()
        self.library.k4a_calibration_3d_to_3d(
            self.struct, structs.Float3(*point), source, target, result
        )
        return result.x, result.y, result.z

    def pixel_to_point(
        self, pixel: Point2, depth_mm: float, source: Sensor, target: Sensor
    ) -> Point3 | None:
        """Return the 3D point of ``target`` behind a pixel of ``source`` at a depth."""
        result, valid = structs.Float3(), ctypes.c_int()
        self.library.k4a_calibration_2d_to_3d(
            self.struct, structs.Float2(*pixel), depth_mm, source, target, result, valid
        )
        return (result.x, result.y, result.z) if valid.value else None

    def point_to_pixel(self, point: Point3, source: Sensor, target: Sensor) -> Point2 | None:
        """Return the pixel of ``target`` that shows a 3D point of ``source``."""
        result, valid = structs.Float2(), ctypes.c_int()
        self.library.k4a_calibration_3d_to_2d(
            self.struct, structs.Float3(*point), source, target, result, valid
        )
        return (result.x, result.y) if valid.value else None

    def pixel_to_pixel(
        self, pixel: Point2, depth_mm: float, source: Sensor, target: Sensor
    ) -> Point2 | None:
        """Return the pixel of ``target`` that shows the same as one of ``source`` at a depth."""
        result, valid = structs.Float2(), ctypes.c_int()
        self.library.k4a_calibration_2d_to_2d(
            self.struct, structs.Float2(*pixel), depth_mm, source, target, result, valid
        )
        return (result.x, result.y) if valid.value else None

    def color_to_depth_pixel(self, pixel: Point2, depth: ImageHandle) -> Point2 | None:
        """Return the depth pixel that shows what a color pixel shows, searched in ``depth``."""
        result, valid = structs.Float2(), ctypes.c_int()
        self.library.k4a_calibration_color_2d_to_depth_2d(
            self.struct, structs.Float2(*pixel), depth, result, valid
        )
        return (result.x, result.y) if valid.value else None
