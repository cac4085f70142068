# SPDX-License-Identifier: Apache-2.0
"""What a camera does not deliver any more."""

from __future__ import annotations

import time

from azure_kinect_py.data import Capture
from azure_kinect_py.errors import DeviceError, KinectError
from azure_kinect_py.modes import WiredSyncMode
from azure_kinect_py.ros.log import Log
from azure_kinect_py.sources import Source
from azure_kinect_py.sources.camera_errors import stalled

STALLED_S = 5.0
RARELY_S = 0.5
"""Of captures that are taken more rarely than this, all may lack the same image by chance."""

DEPTH, COLOR, IMU = 'the depth camera', 'the color camera', 'the IMU'


class Watch:
    """
    Watches the cameras and the IMU of a live camera, which may fall silent one by one.

    Where all captures stop, or a part of it does that has delivered, the camera shall be started
    again. A part that never delivers is only told: what comes without it is of use.
    """

    def __init__(self, log: Log) -> None:
        self._log = log
        self.begin()

    def begin(self) -> None:
        """Begin with a camera that was just started."""
        self.last_capture = time.monotonic()
        self._has_delivered: set[str] = set()
        self._told: set[str] = set()
        self._silent: dict[str, tuple[float, KinectError | None]] = {}

    def took(self, capture: Capture) -> None:
        """Take note of a capture."""
        now, before = time.monotonic(), self.last_capture
        self.last_capture = now
        if now - before > RARELY_S:
            self._silent.pop(DEPTH, None)
            self._silent.pop(COLOR, None)
        if capture.depth_image or capture.ir_image:
            self._came(DEPTH)
        if capture.color_image:
            self._came(COLOR)

    def took_samples(self) -> None:
        """Take note that there were IMU samples; called from the thread that reads them."""
        self._came(IMU)

    def failed_imu(self, error: KinectError) -> None:
        """Take note that there were none, and why."""
        self._silent.setdefault(IMU, (time.monotonic(), error))

    def _came(self, part: str) -> None:
        self._silent.pop(part, None)
        self._has_delivered.add(part)

    def check_captures(self, source: Source) -> None:
        """
        Look whether captures come; a subordinate's first may be long in coming.

        :raises DeviceError: when there was none for some seconds.
        """
        silence = time.monotonic() - self.last_capture
        if source.lossless or silence < STALLED_S:
            return
        is_subordinate = source.config.wired_sync_mode is WiredSyncMode.SUBORDINATE
        if is_subordinate and not self._has_delivered & {DEPTH, COLOR}:
            self._tell_once('no captures yet: a subordinate waits for its master')
            return
        raise stalled(f'no capture for {silence:.0f} s; the cameras are started again')

    def check_parts(self, source: Source) -> None:
        """
        Look, while captures come, whether all come that should.

        :raises DeviceError: when one has been missing for some seconds that had been there.
        """
        if source.lossless:
            return
        now = time.monotonic()
        for part, is_on in ((DEPTH, source.config.depth_on), (COLOR, source.config.color_on)):
            if is_on:
                self._silent.setdefault(part, (now, None))
        for part, (since, error) in self._silent.copy().items():
            if now - since >= STALLED_S:
                self._on_silent(part, now - since, error)

    def _on_silent(self, part: str, silence: float, error: KinectError | None) -> None:
        if part not in self._has_delivered:
            self._tell_once(f'nothing comes from {part}; ~/reset starts it again')
            return
        message = f'nothing from {part} for {silence:.0f} s; the camera is started again'
        if error is None:
            raise stalled(message)
        raise DeviceError(message, log=error.log)

    def _tell_once(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._log.warning(message)
