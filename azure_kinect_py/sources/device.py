# SPDX-License-Identifier: Apache-2.0
"""The camera itself: an Azure Kinect, or a Femto through Orbbec's libk4a."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import threading
import time
from collections.abc import Iterator

from azure_kinect_py.data import Capture, DeviceInfo, Image, ImuSample
from azure_kinect_py.errors import ConfigError, DeviceError, KinectError
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import ColorControl, DeviceConfig
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sdk.capture import CaptureHandle
from azure_kinect_py.sdk.device import ColorControlRange, DeviceHandle
from azure_kinect_py.sdk.k4a_functions import is_orbbec
from azure_kinect_py.sources import SourceOptions, camera_errors, camera_search, usb
from azure_kinect_py.sources.base import Source
from azure_kinect_py.sources.color_controls import ColorControls

_logger = logging.getLogger(__name__)

_IMU_QUEUE = 833  # samples that the SDK keeps
_LONGEST_WAIT_MS = 2**31 - 1


def open_device(options: SourceOptions) -> Source:
    """
    Open the camera with the serial number of the options, or the first free one.

    :raises LibraryNotFound: when libk4a is missing.
    :raises DeviceError: when there is no such camera, or it is busy, or not permitted.
    """
    library = k4a.load(options.sdk_library_path)
    handle, serial = camera_search.open_camera(library, options.sensor_sn)
    try:
        return DeviceSource(handle, serial, options.config)
    except BaseException:
        handle.close()
        raise


class DeviceSource(Source):
    """One open camera."""

    def __init__(self, handle: DeviceHandle, serial: str, config: DeviceConfig) -> None:
        self.config = config
        self._handle = handle
        self._serial = serial
        # Closing waits for those who are inside the SDK; stopping wakes them.
        self._captures = threading.Lock()
        self._samples = threading.Lock()
        self._questions = threading.Lock()
        self._controls = ColorControls(handle)
        try:
            self.info = _describe(handle, serial)
            raw = handle.raw_calibration()
        except DeviceError as error:
            raise DeviceError(
                f'camera {serial}: it opened, but does not tell its firmware and calibration',
                hint=camera_errors.NOT_FOUND_HINT,
                log=error.log,
            ) from error
        self.calibration = parse_calibration(raw, config.depth_mode, config.color_resolution)

    def _start(self) -> None:
        try:
            self._handle.start_cameras(self.config)
        except DeviceError as error:
            raise camera_errors.not_started(self._serial, 'the cameras', error) from error
        try:
            self._handle.start_imu()
        except DeviceError as error:
            self._handle.stop_cameras()
            raise camera_errors.not_started(self._serial, 'the IMU', error) from error

    def _stop(self) -> None:
        self._handle.stop_imu()
        self._handle.stop_cameras()

    def _close(self) -> None:
        with self._captures, self._samples, self._questions:
            self._handle.close()

    def _next_capture(self, timeout: float) -> Capture | None:
        deadline = time.monotonic() + timeout
        with self._captures:
            while self._running:
                try:
                    handle = self._handle.capture(_milliseconds(deadline))
                except KinectError as error:
                    self._raise_if_lost(error)
                    return None
                if handle is None:
                    return None
                capture = self._read(handle)
                if capture is not None:
                    return _on_monotonic_clock(capture)
        return None

    def _read(self, handle: CaptureHandle) -> Capture | None:
        """Return a capture as data, or None if there is nothing in it, or what is cannot be."""
        try:
            capture = handle.to_data()
        except ConfigError as error:
            _logger.warning('camera %s: a capture is passed over: %s', self._serial, error.message)
            handle.close()
            return None
        if not capture.images:
            capture.close()
            return None
        return capture

    def _next_imu(self, timeout: float) -> list[ImuSample]:
        samples: list[ImuSample] = []
        wait_ms = _milliseconds(time.monotonic() + timeout)
        with self._samples:
            while self._running and len(samples) < _IMU_QUEUE:
                try:
                    sample = self._handle.imu_sample(wait_ms)
                except KinectError as error:
                    if not samples:
                        self._raise_if_lost(error)
                    break
                if sample is None:
                    break
                samples.append(sample)
                wait_ms = 0
        return samples

    def _raise_if_lost(self, error: KinectError) -> None:
        """Raise unless the wait ended because the source was stopped."""
        if self._running:
            raise camera_errors.lost(self._serial, error) from error

    def color_controls(self) -> dict[ColorControl, ColorControlRange]:
        """
        Return what each color control that the camera has can be set to.

        :raises DeviceError: when the camera does not answer.
        """
        with self._asking():
            return self._controls.ranges()

    def set_color_control(self, control: ColorControl, value: int | None) -> None:
        """
        Set a color control; None means automatic.

        :raises ConfigError: naming the control and what is allowed.
        :raises DeviceError: when the camera refuses.
        """
        with self._asking():
            self._controls.set(control, value)

    def reset_color_control(self, control: ColorControl) -> None:
        """
        Set a color control to the camera's own default; one that it does not have needs none.

        :raises DeviceError: when the camera refuses.
        """
        with self._asking():
            self._controls.reset(control)

    def sync_jacks(self) -> tuple[bool, bool]:
        """Return whether the sync-in and the sync-out jack are connected; a Femto cannot tell."""
        with self._asking():
            return self._handle.sync_jacks()

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        """Keep the camera open while it is asked something, however long it takes."""
        with self._questions:
            if self._handle.closed:
                raise DeviceError(f'camera {self._serial}: it is closed')
            yield


def _describe(handle: DeviceHandle, serial: str) -> DeviceInfo:
    version = handle.version()
    library = handle.library
    if not is_orbbec(library):
        return DeviceInfo(
            kind='device',
            serial=serial,
            color_firmware=str(version.rgb),
            depth_firmware=str(version.depth),
        )
    # Orbbec's library knows one firmware for the whole camera.
    name = usb.FEMTO.get(library.k4a_device_get_pid(handle), 'Femto')
    return DeviceInfo(
        kind='device', serial=serial, name=f'Orbbec {name}', depth_firmware=str(version.depth)
    )


def _milliseconds(deadline: float) -> int:
    left = max(0.0, deadline - time.monotonic())
    return int(min(left * 1e3, _LONGEST_WAIT_MS))


def _on_monotonic_clock(capture: Capture) -> Capture:
    """Return a capture whose host times are monotonic: Orbbec's library gives those of the day."""
    now, today = time.monotonic_ns(), time.time_ns()

    def converted(image: Image) -> Image:
        if abs(image.host_time_ns - now) <= abs(image.host_time_ns - today):
            return image
        host_time_ns = min(image.host_time_ns - today + now, now)
        return dataclasses.replace(image, host_time_ns=host_time_ns)

    return capture.with_images(converted)
