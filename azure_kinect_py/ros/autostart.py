# SPDX-License-Identifier: Apache-2.0
"""Takes the node to active by itself, and waits for a camera that is not there yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.clock import Clock, ClockType  # type: ignore[attr-defined]
from rclpy.lifecycle import TransitionCallbackReturn

from azure_kinect_py.errors import DeviceError, KinectError
from azure_kinect_py.ros.connection import FIRST_DELAY_S, LONGEST_DELAY_S


class Autostart:
    """
    Configures and activates a node.

    A camera that is missing, busy or does not start is tried again until it works, or until
    somebody else drives the node's lifecycle.

    :param node: The node, see node.py.
    :param give_up: Called when trying again is of no use.
    """

    def __init__(self, node: Any, give_up: Callable[[KinectError], None]) -> None:
        self._node = node
        self._give_up = give_up
        self._delay = FIRST_DELAY_S
        # Not the node's, which stands still under use_sim_time as long as nobody sends /clock.
        self._clock = Clock(clock_type=ClockType.STEADY_TIME)
        self._timer = self._after(0.01)

    def _after(self, seconds: float) -> Any:
        return self._node.create_timer(seconds, self._try, clock=self._clock)

    def _try(self) -> None:
        self._node.destroy_timer(self._timer)
        node = self._node
        if node.state != 'unconfigured':
            return
        node.is_autostarting = True
        try:
            if self._start():
                return
        finally:
            node.is_autostarting = False
        error = node.last_error
        if not isinstance(error, DeviceError):
            self._give_up(error)
            return
        if self._delay == FIRST_DELAY_S:
            node.log.info('waiting for the camera')
        self._timer = self._after(self._delay)
        self._delay = min(2 * self._delay, LONGEST_DELAY_S)

    def _start(self) -> bool:
        """Configure and activate; return whether it went well."""
        success = TransitionCallbackReturn.SUCCESS
        if self._node.trigger_configure() != success:
            return False
        if self._node.trigger_activate() == success:
            return True
        if self._node.state == 'inactive':  # not after what nobody expected: it is cleaned up then
            self._node.trigger_cleanup()
        return False
