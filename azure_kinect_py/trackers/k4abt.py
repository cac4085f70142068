# SPDX-License-Identifier: Apache-2.0
"""The vendor's body tracker."""

from __future__ import annotations

import collections
import logging
import threading
import time
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from azure_kinect_py.data import Body, BodyFrame, Calibration, Capture
from azure_kinect_py.errors import ConfigError, KinectError, TrackerError
from azure_kinect_py.modes import ColorResolution, DeviceConfig
from azure_kinect_py.sdk import k4abt, k4abt_log, k4abt_runtime
from azure_kinect_py.sdk.body_tracker import FrameHandle, TrackerHandle
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.trackers import ProcessingMode, TrackerOptions, check_smoothing
from azure_kinect_py.trackers.base import Tracked, Tracker

_logger = logging.getLogger(__name__)

_LONGEST_WAIT_MS = 2**31 - 1
_XYZW = (1, 2, 3, 0)  # from the vendor's w x y z


def open_k4abt(options: TrackerOptions) -> Tracker:
    """
    Return the vendor's tracker, with its library and its model found but not yet started.

    :raises LibraryNotFound: when libk4abt is missing, saying what to install.
    :raises TrackerError: when the model is missing.
    :raises ConfigError: when libk4abt 1.0 is asked for what only 1.1 can.
    """
    return K4abtTracker(options)


class K4abtTracker(Tracker):
    """
    libk4abt: captures of the SDK go in by their handle, others as images that wrap their pixels.

    Bodies are in the depth camera's frame; the index map is a view of the tracker's image.
    """

    name = 'k4abt'

    def __init__(self, options: TrackerOptions) -> None:
        path = options.sdk_library_path
        self._options = options
        self._library = k4abt.load(path)
        self._images = k4abt.image_library(self._library, path)
        if k4abt.is_old(self._library):
            _check_old(options)
            self._model = 'the model of libk4abt 1.0'
        else:
            self._model = str(k4abt.find_model(options.model_path or 'standard', path))
        self.processing_mode = options.mode.label
        self._depth_mode = options.depth_mode
        self._smoothing = options.smoothing
        self._tracker: TrackerHandle | None = None
        self._inside: collections.deque[Capture] = collections.deque()
        self._closing = False
        # Closing waits for those who are inside the library; shutting down wakes them.
        self._entering = threading.Lock()
        self._leaving = threading.Lock()
        self._changing = threading.Lock()

    def start(self, calibration: Calibration) -> None:
        """
        Load the model; takes seconds to minutes.

        :raises TrackerError: when it cannot start, saying why and what to do.
        """
        if self._closing:
            raise TrackerError('the body tracker was closed')
        if self._tracker is not None:
            return
        if not calibration.raw:
            raise TrackerError('the body tracker needs the raw calibration of the camera')
        sdk_calibration = SdkCalibration.from_raw(
            self._images, calibration.raw, self._depth_mode, ColorResolution.OFF
        )
        _logger.info('body tracker: loading %s, mode %s', self._model, self.processing_mode)
        begin = time.monotonic()
        tracker = self._create(sdk_calibration)
        with self._changing:
            if self._closing:
                tracker.close()
                raise TrackerError('the body tracker was closed while it started')
            tracker.set_smoothing(self._smoothing)
            self._tracker = tracker
        _logger.info('body tracker: ready after %.1f s', time.monotonic() - begin)

    def _create(self, calibration: SdkCalibration) -> TrackerHandle:
        options = self._options
        try:
            with k4abt_log.listening():
                return TrackerHandle.create(
                    self._library,
                    self._images,
                    calibration.struct,
                    orientation=options.orientation,
                    processing_mode=options.mode,
                    gpu_device_id=options.gpu_device_id,
                    model_path=self._model,
                )
        except TrackerError as error:
            raise _not_started(self.processing_mode, error) from error

    def enqueue(self, capture: Capture, timeout: float) -> bool:
        """
        Give a capture to the tracker, which takes it over.

        :param timeout: Seconds to wait for a place in the queue.
        :returns: False when the queue stayed full; the capture then still belongs to the caller.
        :raises TrackerError: when the tracker failed, or the capture lacks depth or infrared.
        """
        if capture.depth_image is None or capture.ir_image is None:
            lacking = 'a depth' if capture.depth_image is None else 'an infrared'
            raise TrackerError(f'this capture lacks {lacking} image and cannot be tracked')
        with self._entering:
            tracker = self._running_tracker()
            # Before the tracker has it: the result may be popped before enqueueing returns.
            self._inside.append(capture)
            taken = False
            try:
                with self._handle_of(capture) as handle:
                    taken = tracker.enqueue(handle, _milliseconds(timeout))
            except KinectError as error:
                raise self._failure('takes no captures', error) from error
            finally:
                if not taken:
                    self._inside.pop()
            return taken

    def _handle_of(self, capture: Capture) -> AbstractContextManager[CaptureHandle]:
        """Return the SDK's capture, in a context that closes it when it was made here."""
        handle = capture.handle
        if isinstance(handle, CaptureHandle) and not self._is_stranger(handle):
            return nullcontext(handle)
        config = DeviceConfig(depth_mode=self._depth_mode)
        images = Capture(
            capture.depth_image, capture.ir_image, temperature_c=capture.temperature_c
        )
        return CaptureHandle.from_data(self._images, images, config)

    def _is_stranger(self, handle: CaptureHandle) -> bool:
        """Whether a capture is of another copy of libk4a, to which it means nothing."""
        return k4abt.is_linked(self._library) and not handle.belongs_to(self._library)

    def pop(self, timeout: float) -> Tracked | None:
        """
        Return the next result, or None when there was none within ``timeout`` seconds.

        :raises TrackerError: when the tracker failed.
        """
        with self._leaving:
            tracker = self._running_tracker()
            try:
                frame = tracker.pop(_milliseconds(timeout))
            except TrackerError as error:
                raise self._failure('gives no results', error) from error
            if frame is None:
                return None
            capture = self._inside.popleft()
            with frame:
                try:
                    return Tracked(capture, _bodies_of(frame))
                except KinectError as error:
                    capture.close()
                    raise self._failure('gave a frame that cannot be read', error) from error

    def set_smoothing(self, factor: float) -> None:
        """
        Set temporal smoothing, 0 (none) to 1 (full), also while running.

        :raises ConfigError: when it is out of range.
        """
        check_smoothing(factor)
        with self._changing:
            self._smoothing = factor
            if self._tracker is not None and not self._closing:
                self._tracker.set_smoothing(factor)

    def close(self) -> None:
        """Shut down, frames in flight included; harmless when repeated."""
        with self._changing:
            self._closing = True
            tracker = self._tracker
        if tracker is not None:
            tracker.shut_down()
        with self._entering, self._leaving:
            if tracker is not None:
                tracker.close()
            while self._inside:
                self._inside.popleft().close()

    def _running_tracker(self) -> TrackerHandle:
        if self._tracker is None or self._closing:
            raise TrackerError('the body tracker is not running')
        return self._tracker

    def _failure(self, what: str, error: KinectError) -> TrackerError:
        if self._closing:
            return TrackerError('the body tracker was closed')
        return TrackerError(
            f'the body tracker {what}', hint='Start it again.', log=k4abt_log.take() or error.log
        )


def _check_old(options: TrackerOptions) -> None:
    if options.mode > ProcessingMode.CPU:
        raise ConfigError(
            f'body_tracking_processing_mode: libk4abt 1.0 cannot do {options.mode.label}; '
            'allowed are gpu, cpu'
        )
    if options.model_path not in ('', 'standard'):
        raise ConfigError(
            f'body_tracking_model_path: libk4abt 1.0 has one model only, not {options.model_path}'
        )


def _not_started(processing_mode: str, error: TrackerError) -> TrackerError:
    missing = k4abt_runtime.missing(processing_mode)
    message = f'the body tracker did not start in mode {processing_mode}'
    if missing:
        message += f': cannot load {", ".join(missing)}'
    hint = 'See azure_kinect doctor and docs/body_tracking.md for what it needs.'
    if processing_mode != ProcessingMode.CPU.label:
        hint += ' Without that GPU, set body_tracking_processing_mode to cpu.'
    return TrackerError(message, hint=hint, log=k4abt_log.take() or error.log)


def _bodies_of(frame: FrameHandle) -> BodyFrame:
    bodies = []
    for index in range(frame.body_count):
        joints = frame.skeleton(index)
        bodies.append(
            Body(
                id=frame.body_id(index),
                positions=joints['position'].astype(np.float64) / 1000.0,
                orientations=joints['orientation'][:, _XYZW].astype(np.float64),
                confidences=joints['confidence'].astype(np.uint8),
            )
        )
    return BodyFrame(
        device_time_usec=frame.device_time_usec,
        bodies=tuple(bodies),
        index_map=frame.index_map().pixels(),
    )


def _milliseconds(timeout: float) -> int:
    return int(min(max(timeout, 0.0) * 1e3, _LONGEST_WAIT_MS))
