# SPDX-License-Identifier: Apache-2.0
"""
The SDK's transformations between the cameras.

Where both cameras are on it needs OpenGL 4.4 and a display. The driver computes the same in
``geometry``; this is what that is compared with.
"""

from __future__ import annotations

from azure_kinect_py.data import Sensor
from azure_kinect_py.errors import KinectError
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.sdk import handles, results
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.image import ImageHandle


class TransformationHandle(handles.Handle):
    """A ``k4a_transformation_t``."""

    release = 'k4a_transformation_destroy'

    @classmethod
    def create(cls, calibration: SdkCalibration) -> TransformationHandle:
        """
        Return the transformation of a calibration.

        :raises KinectError: when the depth engine finds no OpenGL or display.
        """
        library = calibration.library
        pointer = library.k4a_transformation_create(calibration.struct)
        if not pointer:
            error = results.failure('k4a_transformation_create')
            raise KinectError(
                error.message, hint='It needs OpenGL 4.4 and a display.', log=error.log
            )
        handle = cls(library, pointer)
        color = calibration.struct.color_camera_calibration
        handle._color_size = (color.resolution_width, color.resolution_height)
        return handle

    _color_size: tuple[int, int]

    def depth_to_color(self, depth: ImageHandle) -> ImageHandle:
        """Return depth as the color camera sees it."""
        out = ImageHandle.create(self.library, ImageFormat.DEPTH16, *self._color_size)
        self.library.k4a_transformation_depth_image_to_color_camera(self, depth, out)
        return out

    def custom_to_color(
        self, depth: ImageHandle, custom: ImageHandle, *, linear: bool, invalid: int
    ) -> tuple[ImageHandle, ImageHandle]:
        """
        Return depth, and an image that belongs to it, as the color camera sees them.

        :param linear: Mix neighbours; otherwise take the nearest one.
        :param invalid: Value where nothing is seen.
        """
        out = ImageHandle.create(self.library, ImageFormat.DEPTH16, *self._color_size)
        custom_out = ImageHandle.create(self.library, custom.format, *self._color_size)
        self.library.k4a_transformation_depth_image_to_color_camera_custom(
            self, depth, custom, out, custom_out, int(linear), invalid
        )
        return out, custom_out

    def color_to_depth(self, depth: ImageHandle, color: ImageHandle) -> ImageHandle:
        """Return a BGRA32 image as the depth camera sees it."""
        out = ImageHandle.create(self.library, ImageFormat.BGRA32, *depth.size)
        self.library.k4a_transformation_color_image_to_depth_camera(self, depth, color, out)
        return out

    def point_cloud(self, depth: ImageHandle, camera: Sensor = Sensor.DEPTH) -> ImageHandle:
        """
        Return the points of a depth image, a CUSTOM image of three int16 a pixel, millimetres.

        :param camera: The camera whose view ``depth`` is in.
        """
        width, height = depth.size
        out = ImageHandle.create(self.library, ImageFormat.CUSTOM, width, height, width * 6)
        self.library.k4a_transformation_depth_image_to_point_cloud(self, depth, camera, out)
        return out
