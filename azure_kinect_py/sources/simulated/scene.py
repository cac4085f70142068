# SPDX-License-Identifier: Apache-2.0
"""The whole scene and both cameras in it: from the number of a frame to its capture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import BodyFrame, Calibration, Sensor
from azure_kinect_py.modes import DeviceConfig, ImageFormat
from azure_kinect_py.sources.simulated.clock import Clock
from azure_kinect_py.sources.simulated.color_camera import ColorCamera, view_size
from azure_kinect_py.sources.simulated.controls import ColorControls
from azure_kinect_py.sources.simulated.crowd import Crowd
from azure_kinect_py.sources.simulated.depth_camera import DepthCamera, DepthImages
from azure_kinect_py.sources.simulated.exposures import Demand, Exposure, LazyCapture, LazyImage
from azure_kinect_py.sources.simulated.passive_camera import PassiveCamera
from azure_kinect_py.sources.simulated.room import furnished_room
from azure_kinect_py.sources.simulated.shapes import Solids
from azure_kinect_py.sources.simulated.view import View, depth_camera_pose

_TOGETHER_USEC = 1000  # images closer than this show the same moment
_TEMPERATURE_C = 33.0
_WARM_UP_USEC = 600e6


class Scene:
    """
    Room, people and cameras. Captures may be looked at from any thread, in any order.

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
        in_view = None
        with ThreadPoolExecutor(1) as beside:  # a start waits for both cameras, on two cores
            color = beside.submit(self._make_color, pose, room)
            self._depth = self._make_depth(pose, room)
            if isinstance(self._depth, DepthCamera):
                in_view = self._depth.joints_in_view
            self._crowd = Crowd(people, seed, in_view)
        self._color = color.result()
        self._demands = [Demand() for _ in range(3)]

    def _make_color(self, depth_pose: npt.NDArray[np.float64], room: Solids) -> ColorCamera | None:
        camera = self.calibration.color
        if camera is None:
            return None
        pose = depth_pose @ self.calibration.extrinsics(Sensor.COLOR, Sensor.DEPTH)
        return ColorCamera(
            View(view_size(camera), pose, room),
            room,
            self._config.color_resolution.size,
            self._config.color_format,
            self.controls,
            self._seed,
        )

    def _make_depth(
        self, pose: npt.NDArray[np.float64], room: Solids
    ) -> DepthCamera | PassiveCamera | None:
        if self.calibration.depth is None:
            return None
        view = View(self.calibration.depth, pose, room)
        if self._config.depth_mode.has_depth:
            return DepthCamera(view, self._config.depth_mode, self._seed)
        return PassiveCamera(view, room, self._seed)

    def capture(self, frame: int, clock: Clock) -> LazyCapture:
        """Return the capture of a frame; what was looked at before is rendered at once."""
        depth_usec, color_usec = clock.depth_usec(frame), clock.color_usec(frame)
        first = depth_usec if self._depth is not None else color_usec
        self._crowd.prepare(first * 1e-6)
        images: dict[str, LazyImage] = {}
        exposures: list[Exposure[Any]] = []
        truth = None
        if self._depth is not None:
            exposed = self._expose_depth(self._depth, frame, depth_usec)
            host = clock.depth_host_ns(frame)
            images['ir_image'] = LazyImage(
                lambda: exposed.get().infrared, ImageFormat.IR16, depth_usec, host
            )
            exposures.append(exposed)
            if isinstance(self._depth, DepthCamera):
                images['depth_image'] = LazyImage(
                    lambda: exposed.get().depth, ImageFormat.DEPTH16, depth_usec, host
                )
                witnessed = self._expose_truth(self._depth, depth_usec)
                truth = witnessed.get
                exposures.append(witnessed)
        if self._color is not None:
            together = abs(color_usec - first) < _TOGETHER_USEC
            moment_usec = first if together else color_usec
            picture = self._expose_color(self._color, frame, moment_usec)
            images['color_image'] = LazyImage(
                picture.get,
                self._config.color_format,
                color_usec,
                clock.color_host_ns(frame),
                exposure_usec=self.controls.exposure_usec(self._config.fps.period_usec),
                white_balance_kelvin=self.controls.white_balance_kelvin,
                iso_speed=self.controls.iso_speed,
            )
            exposures.append(picture)
        for exposure in exposures:
            exposure.develop()
        warmth = 4.0 * (1.0 - np.exp(-first / _WARM_UP_USEC))
        return LazyCapture(temperature_c=_TEMPERATURE_C + float(warmth), truth=truth, **images)

    def _expose_depth(
        self, camera: DepthCamera | PassiveCamera, frame: int, usec: int
    ) -> Exposure[DepthImages]:
        def make() -> DepthImages:
            return camera.shoot(self._crowd.at(usec * 1e-6), self._random(frame, 0))

        return Exposure(make, self._demands[0])

    def _expose_truth(self, camera: DepthCamera, usec: int) -> Exposure[BodyFrame]:
        def make() -> BodyFrame:
            return camera.testify(self._crowd.at(usec * 1e-6), usec)

        return Exposure(make, self._demands[1])

    def _expose_color(self, camera: ColorCamera, frame: int, usec: int) -> Exposure[Any]:
        def make() -> Any:
            return camera.shoot(self._crowd.at(usec * 1e-6), self._random(frame, 1))

        return Exposure(make, self._demands[2])

    def _random(self, frame: int, stream: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, 13, frame, stream])
