# SPDX-License-Identifier: Apache-2.0
"""
The driver: a source, its streams, the tracker, and what they publish.

It knows no node; what it needs of one is a :class:`~azure_kinect_py.ros.host.Host`.
"""

from __future__ import annotations

import contextlib
import gc
import threading
from typing import Any

from azure_kinect_py.data import Capture, ImuSample
from azure_kinect_py.errors import ConfigError, DeviceError, KinectError
from azure_kinect_py.geometry.warm_up import warm_up
from azure_kinect_py.ros.bodies import Bodies
from azure_kinect_py.ros.connection import Connection
from azure_kinect_py.ros.controls import CONTROLS, set_all_controls, set_controls
from azure_kinect_py.ros.host import Host
from azure_kinect_py.ros.image_order import ImageOrder
from azure_kinect_py.ros.imu import ImuTopic
from azure_kinect_py.ros.parameters import Settings, check_outputs
from azure_kinect_py.ros.pipeline import Pipeline
from azure_kinect_py.ros.record_service import RecordService
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.stamps import Stamps
from azure_kinect_py.ros.streams import Streams
from azure_kinect_py.ros.topics import LOSSLESS_QUEUE, QUEUE, Topic, wait_until_sent
from azure_kinect_py.ros.tracking import Tracking
from azure_kinect_py.ros.transforms import static_transforms
from azure_kinect_py.ros.work import Mappings
from azure_kinect_py.sources import Source
from azure_kinect_py.trackers import open_tracker
from azure_kinect_py.trackers.base import Tracked

SWITCH_OFF_S = 1.0
PREPARING = 'preparing {}, which takes up to a minute after an install or an update'
OPENING = {
    'device': 'opening the camera',
    'playback': 'looking through the recording for damage, which takes longer the longer it is',
    'simulated': PREPARING.format('the simulated camera'),
}


class Driver:
    """
    One camera, from opened to closed.

    :ivar active: Whether it is meant to stream, also while the camera is lost.
    :raises KinectError: when the source cannot be opened, or cannot do what the settings ask for.
    """

    def __init__(self, settings: Settings, host: Host) -> None:
        self._host = host
        self._log = host.log
        self.settings = settings
        self.recording = RecordService(host.log)
        self.topics: list[Topic] = []
        self.active = False
        self._setting = threading.Lock()  # controls: by the user, and of a camera that came back
        self.connection = Connection(settings.source_options, self._prepare, host.log)
        source = self._open()
        self.info = source.info
        try:
            self.settings = settings.adapted(source.config)
            check_outputs(self.settings, source.config)
            self._warm_up(source)
            self._build(Scene.of(source, self.settings))
        except BaseException:
            self.connection.close()
            raise

    def _open(self) -> Source:
        with self._log.work(OPENING[self.settings.kind]):
            return self.connection.open()

    def _warm_up(self, source: Source) -> None:
        """Compile what is not yet, so that the first frame is as quick as the others."""
        config = source.config
        both = config.depth_mode.has_depth and config.color_on
        with self._log.work(PREPARING.format('the image kernels')):
            warm_up(
                registration=both, color_format=config.color_format if config.color_on else None
            )

    def _build(self, scene: Scene) -> None:
        advertise = self._advertise
        is_playback = scene.kind == 'playback'
        self._least_queue = LOSSLESS_QUEUE if is_playback else QUEUE
        mappings = Mappings(scene.calibration) if scene.has_both else None
        self.scene = scene
        rate = self.settings.playback_rate if is_playback else None
        self._stamps = Stamps(self._host.now_ns, rate)
        self.pipeline = Pipeline(scene, advertise, mappings, self._log.warning)
        self._image_topics = tuple(self.topics)
        self._images = ImageOrder(self.pipeline, self._track, self.pipeline.coming)
        self.imu = ImuTopic(advertise, scene.frames.imu) if scene.has_imu else None
        self.bodies = Bodies(scene, advertise, mappings) if scene.has_depth else None
        self.tracking = self._make_tracking(scene) if scene.has_depth else None
        self.streams = Streams(
            self.connection,
            self._on_capture,
            self._on_imu,
            self._captures_wanted,
            self._imu_wanted,
            lambda: self.settings.imu_batch_period,
            self._log,
            self.recording.keeper,
        )
        self.captures = self.imu_samples = 0
        self.temperature_c = float('nan')
        self._tune()
        if self.settings.publish_tf:
            self._host.send_static(static_transforms(scene.calibration, scene.frames))

    def _advertise(self, kind: type[Any], name: str, depth: int = QUEUE) -> Topic:
        publisher = self._host.advertise(kind, name, max(depth, self._least_queue))
        topic = Topic(publisher, name, self._log.warning)
        self.topics.append(topic)
        return topic

    def describe(self) -> str:
        """Return the camera and its modes in a line."""
        config, info = self.scene.config, self.info
        return (
            f'{info.kind} {info.name} {info.serial}: depth {config.depth_mode.name}, color '
            f'{config.color_resolution.label} {config.color_format.name}, {config.fps.hz} fps'
        )

    def _make_tracking(self, scene: Scene) -> Tracking:
        options = self.settings.tracker_options(scene.config, scene.kind)
        is_synchronous = self.settings.body_tracking_queue == 'synchronous'
        return Tracking(
            lambda: open_tracker(options),
            scene.calibration,
            self._on_bodies,
            self._images.publish,
            self._on_silence,
            self._log,
            is_synchronous=is_synchronous,
            awaits_start=is_synchronous and scene.kind == 'playback',
            smoothing=self.settings.body_tracking_smoothing_factor,
        )

    @property
    def age_s(self) -> float:
        """How old captures are when they arrive, by their stamps, by and large; NaN for none."""
        return self._stamps.age_s

    def start(self) -> None:
        """
        Start the cameras, and the tracker if it is enabled.

        :raises KinectError: when the cameras do not start.
        """
        self.connection.start()
        self._start_reading()

    def _start_reading(self) -> None:
        self.active = True
        if self.tracking is not None and self.settings.body_tracking_enabled:
            self.tracking.start()  # before the first capture of a recording, which waits for it
        self.streams.start()

    def stop(self) -> None:
        """Stop everything; the laser is off then."""
        self.active = False
        self.connection.stop()
        if self.tracking is not None:
            self.tracking.stop()
        self.streams.join()
        wait_until_sent()
        try:
            written = self.recording.stop()
        except KinectError as error:
            self._log.error(f'recording ended: {error}')
        else:
            if written:
                self._log.info(f'recording ended: {written}')

    def close(self) -> None:
        """Stop, and close the source."""
        try:
            self.stop()
        finally:
            self.connection.close()

    def restart(self) -> None:
        """
        Close the camera and start it again; a camera that is missing is waited for.

        One that does not stream is opened again only.

        :raises KinectError: when it does not start.
        """
        active = self.active
        self.close()
        gc.collect()  # else megabytes stay with each simulated camera, for hundreds of resets
        if not active:
            self.connection.open()
            return
        self.active = True
        try:
            self.start()
        except DeviceError:
            self.connection.start_later()
            self._start_reading()
            raise

    def apply(self, settings: Settings, changed: frozenset[str]) -> None:
        """
        Take new values of parameters that may change at any time.

        :raises KinectError: when the camera refuses one.
        """
        if 'body_tracking_enabled' in changed and settings.body_tracking_enabled:
            self._check_tracking(settings)
        with self._setting:
            self._set_controls(settings, [name for name in CONTROLS if name in changed])
            self.settings = settings
        if 'body_tracking_enabled' in changed:
            self._switch_tracking(settings)
        self._tune()

    def _check_tracking(self, settings: Settings) -> None:
        """Tell whoever switches it on what is missing."""
        config = self.scene.config
        check_outputs(settings.adapted(config), config)
        with open_tracker(settings.tracker_options(config, self.scene.kind)):
            pass

    def _set_controls(self, settings: Settings, names: list[str]) -> None:
        """Set controls of the camera: all of them, or none."""
        source = self.connection.source
        if source is None or not names:
            return
        if not source.config.color_on:
            raise ConfigError(f'{names[0]}: the color camera is off; it needs color_enabled true')
        try:
            set_controls(source, settings, names)
        except KinectError:
            for name in names:
                with contextlib.suppress(KinectError):
                    set_controls(source, self.settings, [name])
            raise

    def _switch_tracking(self, settings: Settings) -> None:
        if self.tracking is None:
            return
        if not settings.body_tracking_enabled:
            self.tracking.stop(SWITCH_OFF_S)
        elif not self.connection.stopped:
            self.tracking.start()

    def _tune(self) -> None:
        settings = self.settings
        self.pipeline.apply(settings)
        if self.imu is not None:
            self.imu.tune(
                settings.imu_rate_target,
                settings.imu_angular_velocity_stddev,
                settings.imu_linear_acceleration_stddev,
            )
        if self.bodies is not None:
            self.bodies.apply(settings)
        if self.tracking is not None:
            self.tracking.smooth(settings.body_tracking_smoothing_factor)

    def _prepare(self, source: Source) -> None:
        with self._setting:
            set_all_controls(source, self.settings, self._log.warning)

    def _on_capture(self, source: Source, capture: Capture) -> None:
        stamp_ns = self._stamps.of_capture(source, capture)
        self.captures += 1
        self.temperature_c = capture.temperature_c
        self.recording.write(source, capture)
        settings, tracking = self.settings, self.tracking
        if settings.sync_images_to_bodies:
            self._images.hold(capture, stamp_ns, tracking, may_wait=source.lossless)
        else:
            is_synchronous = settings.body_tracking_queue == 'synchronous'
            self._images.send(capture, stamp_ns, tracking, is_synchronous=is_synchronous)

    def _track(self, capture: Capture, stamp_ns: int) -> bool:
        """Give a capture to the tracker if anybody wants its bodies; return whether it took it."""
        tracking, bodies = self.tracking, self.bodies
        if tracking is None or bodies is None or not bodies.wanted:
            return False
        return tracking.offer(capture, stamp_ns)

    def _on_bodies(self, result: Tracked, stamp_ns: int) -> None:
        assert self.bodies is not None
        with result.capture:
            self._images.publish(result.capture, stamp_ns)
            self.bodies(result, stamp_ns)

    def _on_silence(self) -> None:
        if self.bodies is not None:
            self.bodies.clear(self._host.now_ns())

    def _captures_wanted(self) -> bool:
        if self.recording.active or any(topic.wanted for topic in self._image_topics):
            return True
        if self.bodies is None or not self.settings.body_tracking_enabled:
            return False
        return self.bodies.wanted

    def _imu_wanted(self) -> bool:
        return self.recording.active or (self.imu is not None and self.imu.wanted)

    def _on_imu(self, source: Source, samples: list[ImuSample]) -> None:
        assert self.imu is not None
        self._stamps.note_samples(source, samples)
        self.imu_samples += len(samples)
        self.recording.write_imu(source, samples)
        if self.imu.wanted:
            self.imu.send(samples, self._stamps.of_samples)
