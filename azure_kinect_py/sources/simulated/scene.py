# SPDX-License-Identifier: Apache-2.0
"""The whole scene and both cameras in it: from the number of a frame to its capture."""

from __future__ import annotations

import numpy as np

from azure_kinect_py.data import Calibration, Capture, Image, Sensor
from azure_kinect_py.modes import DeviceConfig, ImageFormat
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.color_camera import ColorCamera
from azure_kinect_py.sources.simulated.controls import ColorControls
from azure_kinect_py.sources.simulated.crowd import Crowd, Moment
from azure_kinect_py.sources.simulated.depth_camera import DepthCamera
from azure_kinect_py.sources.simulated.room import furnished_room
from azure_kinect_py.sources.simulated.truth import Witness
from azure_kinect_py.sources.simulated.view import Seen, View, depth_camera_pose

_TOGETHER_USEC = 1000  # images closer than this show the same moment
_TEMPERATURE_C = 33.0


class Scene:
    """
    Room, people and cameras.

    :ivar controls: Of the color camera.
    """

    def __init__(
        self, calibration: Calibration, config: DeviceConfig, people: int, seed: int
    ) -> None:
        self.calibration = calibration
        self.controls = ColorControls()
        self._config = config
        self._seed = seed
        room = furnished_room(seed)
        pose = depth_camera_pose(calibration)
        self._depth: DepthCamera | None = None
        self._color: ColorCamera | None = None
        self._witness: Witness | None = None
        if calibration.depth is not None:
            self._depth_view = View(calibration.depth, pose, room)
            self._depth = DepthCamera(self._depth_view, config.depth_mode, seed)
            if config.depth_mode.has_depth:
                self._witness = Witness(self._depth_view, config.depth_mode, self._depth.lit)
        if calibration.color is not None:
            color_pose = pose @ calibration.extrinsics(Sensor.COLOR, Sensor.DEPTH)
            self._color_view = View(calibration.color, color_pose, room)
            self._color = ColorCamera(
                self._color_view, room, config.color_format, self.controls, seed
            )
        in_view = self._witness.in_view if self._witness is not None else None
        self._crowd = Crowd(people, seed, in_view)

    def capture(self, frame: int, clock: Clock) -> Capture:
        """Return the capture of a frame."""
        random = np.random.default_rng([self._seed, 13, frame])
        depth_usec, color_usec = clock.depth_usec(frame), clock.color_usec(frame)
        first = depth_usec if self._depth else color_usec
        moment = self._crowd.at(first * 1e-6)
        depth_image = ir_image = color_image = truth = None
        if self._depth is not None:
            seen = self._depth_view.show(moment.solids)
            images = self._depth.shoot(seen, random)
            host = clock.depth_host_ns(frame)
            ir_image = Image(images.infrared, ImageFormat.IR16, depth_usec, host)
            if images.depth is not None:
                depth_image = Image(images.depth, ImageFormat.DEPTH16, depth_usec, host)
        if self._witness is not None:
            truth = self._witness.testify(moment, depth_usec)
        if self._color is not None:
            if abs(color_usec - first) > _TOGETHER_USEC:
                moment = self._crowd.at(color_usec * 1e-6)
            host = clock.color_host_ns(frame)
            color_image = self._color_image(moment, color_usec, host, random)
        warmth = 4.0 * (1.0 - np.exp(-first / 600e6))
        return Capture(
            depth_image=depth_image,
            ir_image=ir_image,
            color_image=color_image,
            temperature_c=_TEMPERATURE_C + float(warmth),
            truth=truth,
        )

    def _color_image(
        self, moment: Moment, device_usec: int, host_ns: int, random: np.random.Generator
    ) -> Image:
        assert self._color is not None
        seen: Seen | None = self._color_view.show(moment.solids)
        pixels = self._color.shoot(seen, moment.poses, random)
        controls = self.controls
        return Image(
            pixels,
            self._config.color_format,
            device_usec,
            host_ns,
            exposure_usec=controls.exposure_usec(self._config.fps.period_usec),
            white_balance_kelvin=controls.white_balance_kelvin,
            iso_speed=controls.iso_speed,
        )
