# SPDX-License-Identifier: Apache-2.0
"""The program around the node: start, signals, and a clean end."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.impl.implementation_singleton import rclpy_implementation
from rclpy.signals import SignalHandlerOptions

from azure_kinect_py.errors import KinectError
from azure_kinect_py.ros import dds
from azure_kinect_py.ros.autostart import Autostart
from azure_kinect_py.ros.log import reason

LAST_WORK_S = 8.0
"""What the work in hand gets to end; whoever started us may kill us after ten seconds."""

LOOK_EVERY_S = 0.2


def run(make_node: Callable[[], Any]) -> int:
    """
    Run a node until a signal comes, it is shut down, or it cannot go on; return the exit code.

    Signals are ours, not rclpy's, whose handler would end DDS before the cameras are stopped.
    """
    advice = dds.use_profile()
    try:
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
    except Exception as error:  # noqa: BLE001 (arguments and files that rcl cannot read)
        told = reason(error)
        if isinstance(error, rclpy_implementation.UnknownROSArgsError):
            told += ': there is no such argument; parameters are given as -p NAME:=VALUE'
        sys.stderr.write(f'azure_kinect_node: {told}\n')
        return 1
    done = threading.Event()
    asked: list[int] = []  # a handler must not take the lock of an event
    for number in _signals():
        signal.signal(number, lambda number, _frame: asked.append(number))
    try:
        node = make_node()
    except KinectError as error:
        sys.stderr.write(f'azure_kinect_node: {error}\n')
        rclpy.shutdown()
        return 1
    if advice:
        node.log.warning(advice)
    failures: list[KinectError] = []

    def give_up(error: KinectError) -> None:
        failures.append(error)
        done.set()

    node.on_finalized = done.set
    if node.settings.autostart:
        Autostart(node, give_up)
    _spin_until(done, asked, node)
    return 1 if failures else 0


def _signals() -> list[signal.Signals]:
    """Return the signals that end the node; a terminal that closes does not end one of nohup."""
    ending = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        ending.append(signal.SIGHUP)
    return ending


def _spin_until(done: threading.Event, asked: list[int], node: Any) -> None:
    """Serve the node from a thread, so that the main thread is free for signals."""
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    spinner = threading.Thread(
        target=_serve, args=(executor, node, done), name='executor', daemon=True
    )
    spinner.start()
    while not asked and not done.wait(LOOK_EVERY_S):
        pass  # a signal that comes just before a wait begins does not end it
    done.set()
    for number in _signals():
        signal.signal(number, lambda number, _frame: _end_now(128 + number))
    executor.shutdown()
    spinner.join(LAST_WORK_S)
    if spinner.is_alive():  # compiling, or waiting for a camera that does not answer
        _end_now(1)
    for number in _signals():
        signal.signal(number, signal.SIG_DFL)
    if node.state != 'finalized':
        node.trigger_shutdown()
    node.destroy_node()
    rclpy.shutdown()


def _end_now(code: int) -> None:
    """End without waiting: so does who asks twice, as launch does after five seconds."""
    sys.stderr.write('azure_kinect_node: ended in the middle of what it was doing\n')
    dds.remove_segments()
    os._exit(code)


def _serve(executor: SingleThreadedExecutor, node: Any, done: threading.Event) -> None:
    """Serve the node; what a callback raises is said, and does not end it."""
    while not done.is_set():
        try:
            executor.spin()
        except Exception as error:  # noqa: BLE001 (a node that lives must answer)
            if done.is_set() and isinstance(error, rclpy_implementation.InvalidHandle):
                return  # the executor was shut down as it began to wait
            node.get_logger().error(f'a callback failed unexpectedly:\n{traceback.format_exc()}')
        else:
            return
