# SPDX-License-Identifier: Apache-2.0
"""From a capture to the messages that somebody subscribes to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from builtin_interfaces.msg import Time

from azure_kinect_py.data import Capture
from azure_kinect_py.errors import KinectError
from azure_kinect_py.ros.clock import to_time
from azure_kinect_py.ros.clouds import Clouds
from azure_kinect_py.ros.color_images import ColorImages
from azure_kinect_py.ros.depth_images import DepthImages, InfraredImages
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.ros.registered_images import ColorInDepthView, DepthInColorView
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.temperature import Temperatures
from azure_kinect_py.ros.topics import Advertise
from azure_kinect_py.ros.work import Bench, Mappings, Work

Stage = Callable[[Work, Time], None]
"""Publishes some of a capture's messages, with one stamp."""


class Pipeline:
    """
    Publishes captures. There are those topics that the modes in use can serve.

    Not to be called from two threads at once.

    :param warn: Called with what is wrong with an image; its other images are published.
    """

    def __init__(
        self,
        scene: Scene,
        advertise: Advertise,
        mappings: Mappings | None,
        warn: Callable[[str], None],
    ) -> None:
        self._bench = Bench(mappings)
        self._warn = warn
        self._infrared = InfraredImages(scene, advertise) if scene.config.depth_on else None
        self._color = ColorImages(scene, advertise) if scene.config.color_on else None
        self._depth_in_color: DepthInColorView | None = None
        in_depth_view: Stage | None = None
        if scene.has_both:
            self._depth_in_color = DepthInColorView(scene, advertise, self._bench)
            in_depth_view = ColorInDepthView(scene, advertise)
        cloud = Clouds(scene, advertise) if scene.settings.point_cloud else None
        self._drawing = [stage for stage in (self._depth_in_color, cloud) if stage is not None]
        is_in_depth_frame = scene.settings.point_cloud_in_depth_frame
        stages = [
            DepthImages(scene, advertise) if scene.has_depth else None,
            self._infrared,
            self._color,
            # The cloud takes longest to send, but lets the view that it may need go first: who
            # asks first for what both need has it written into its own message.
            *(
                (in_depth_view, cloud, self._depth_in_color)
                if is_in_depth_frame
                else (self._depth_in_color, cloud, in_depth_view)
            ),
            Temperatures(scene, advertise) if scene.kind != 'playback' else None,
        ]
        self._stages = [stage for stage in stages if stage is not None]

    def __call__(self, capture: Capture, stamp_ns: int) -> None:
        """Publish what is wanted of a capture."""
        work = Work(self._bench, capture)
        stamp = to_time(stamp_ns)
        if self._color is not None:
            self._color.begin(work)
        try:
            for stage in self._stages:
                self._publish(stage, work, stamp)
        finally:
            work.end()

    def _publish(self, stage: Stage, work: Work, stamp: Time) -> None:
        try:
            stage(work, stamp)
        except KinectError as error:
            self._warn(str(error))

    def coming(self, capture: Capture) -> AbstractContextManager[None]:
        """Announce, to the maps of its bodies, a capture that is called with in this context."""
        if not any(stage.draws_depth_in_color for stage in self._drawing):
            return nullcontext()
        return self._bench.mappings.nearest.coming(capture)

    def apply(self, settings: Settings) -> None:
        """Take the settings that may change at any time."""
        if self._infrared is not None:
            self._infrared.topic.factor = settings.ir_mono8_scaling_factor
        if self._depth_in_color is not None:
            self._depth_in_color.infrared.factor = settings.ir_mono8_scaling_factor
