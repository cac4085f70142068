# SPDX-License-Identifier: Apache-2.0
"""
The ROS node: lifecycle, parameters, publishers; it wires, the driver works.

*configure* opens the source, *activate* starts the cameras, *deactivate* stops them (the laser is
off), *cleanup* closes. Whatever fails is logged, and leaves the node in the state it was in.
"""

from __future__ import annotations

import contextlib
import gc
import time
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType  # type: ignore[attr-defined]
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from rclpy.parameter import Parameter
from std_srvs.srv import SetBool, Trigger
from tf2_ros import StaticTransformBroadcaster

from azure_kinect_py.errors import KinectError
from azure_kinect_py.ros import qos, services
from azure_kinect_py.ros.diagnostics import Diagnostics
from azure_kinect_py.ros.driver import Driver
from azure_kinect_py.ros.log import FromPython, Log
from azure_kinect_py.ros.parameters import Settings, check
from azure_kinect_py.ros.parameters.declaration import Guard, as_declared, declare
from azure_kinect_py.ros.program import run
from azure_kinect_py.ros.snapshot import Snapshots, without_driver
from azure_kinect_py.ros.topics import QUEUE, Topic

NAME = 'azure_kinect_node'
ENDS = ('shutdown', 'error processing')
"""Transitions after which an earlier failure is still what happened."""


class AzureKinectNode(LifecycleNode):
    """
    One camera as a managed node.

    :ivar last_error: Why the last transition failed.
    :ivar is_autostarting: Whether it is tried by itself: the same failure is told once.
    :ivar on_finalized: Called when the node was shut down.
    :raises ConfigError: when a parameter, or a combination of them, is not possible.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(NAME, automatically_declare_parameters_from_overrides=True, **options)
        self._log = Log(self.get_logger())
        self._from_python = FromPython(self._log)
        self._qos_overrides = qos.overrides(self)
        self.driver: Driver | None = None
        self._snapshots: Snapshots | None = None
        self.last_error: KinectError | None = None
        self.is_autostarting = False
        self.on_finalized: Callable[[], None] = lambda: None
        self._advertised: list[Any] = []
        self._static: StaticTransformBroadcaster | None = None
        try:
            settings = check(declare(self, self._log.warning))
        except BaseException:
            self.destroy_node()
            raise
        self._guard = Guard(settings, lambda: self.driver is not None, self._apply)
        self.add_on_set_parameters_callback(self._guard)
        if hasattr(self, 'add_pre_set_parameters_callback'):  # since Iron
            self.add_pre_set_parameters_callback(as_declared)
        self._create_services()
        self._diagnostics = Diagnostics(self.get_fully_qualified_name().strip('/'))
        publisher = self.create_publisher(DiagnosticArray, '/diagnostics', 1)
        self._diagnostics_topic = Topic(publisher, '/diagnostics', self._log.warning)
        self.create_timer(1.0, self._diagnose, clock=Clock(clock_type=ClockType.STEADY_TIME))

    @property
    def settings(self) -> Settings:
        """The parameters of this moment."""
        return self._guard.settings

    @property
    def state(self) -> str:
        """Label of the lifecycle state."""
        label: str = self._state_machine.current_state[1]
        return label

    def destroy_node(self) -> None:
        """
        Destroy the node, and the one part of it that rclpy forgets.

        That would keep DDS alive until the process ends, and its shared memory beyond: 140 MB.
        """
        self._from_python.close()
        super().destroy_node()
        self._state_machine.destroy_when_not_in_use()

    # What the driver needs, see host.py

    @property
    def log(self) -> Log:
        """Where to say what happens."""
        return self._log

    def advertise(self, kind: type[Any], name: str, depth: int = QUEUE) -> Any:
        """Return a publisher whose QoS the user may override by parameters."""
        publisher = qos.create_publisher(self, kind, name, depth)
        self._advertised.append(publisher)
        return publisher

    def now_ns(self) -> int:
        """Return the present ROS time."""
        clock: Any = self.get_clock()
        now: int = clock.now().nanoseconds
        if now == 0 and clock.ros_time_is_active:
            self._log.warning('use_sim_time: nothing came on /clock yet; stamps begin at 0')
        return now

    def send_static(self, transforms: list[Any]) -> None:
        """Send transforms that do not change until the node is cleaned up."""
        for transform in transforms:
            transform.header.stamp = self.get_clock().now().to_msg()
        if self._static is None:
            self._static = StaticTransformBroadcaster(self)
        self._static.sendTransform(transforms)

    # Lifecycle

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Open the source."""
        return self._attempt('configure', lambda: self._configure(state))

    def _configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            driver = Driver(check(self.settings), self)
        except BaseException:
            self._withdraw()
            raise
        self.driver, self._snapshots = driver, Snapshots(driver)
        gc.freeze()  # looking through all that now stays would hold every thread up for 0.1 s
        topics = [publisher.topic_name for publisher in self._advertised]
        if idle := qos.without_effect(self._qos_overrides, topics):
            self._log.warning(idle)
        if not self._fails_again:  # else it is told when the cameras have started
            self._log.info(f'opened {driver.describe()}')
        return super().on_configure(state)

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Start the cameras."""
        return self._attempt('activate', lambda: self._activate(state))

    def _activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        assert self.driver is not None
        super().on_activate(state)
        try:
            self.driver.start()
        except BaseException:
            super().on_deactivate(state)
            raise
        if self._fails_again:
            self._log.info(f'opened {self.driver.describe()}')
        return TransitionCallbackReturn.SUCCESS

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop the cameras."""
        return self._attempt('deactivate', lambda: self._deactivate(state))

    def _deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        assert self.driver is not None
        self.driver.stop()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Close the source."""
        return self._attempt('cleanup', lambda: self._cleanup(state))

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Close the source for good."""
        result = self._attempt('shutdown', lambda: self._cleanup(state))
        self.on_finalized()
        return result

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Close the source after an error that nobody expected: the node is unconfigured then."""
        return self._attempt('error processing', lambda: self._cleanup(state))

    def _cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        try:
            self._close()
        finally:
            self._withdraw()
            gc.unfreeze()  # drivers are cycles: the frozen would never be freed
            gc.collect()
        return super().on_cleanup(state)

    def _close(self) -> None:
        driver, self.driver, self._snapshots = self.driver, None, None
        if driver is not None:
            driver.close()

    def _attempt(
        self, what: str, work: Callable[[], TransitionCallbackReturn]
    ) -> TransitionCallbackReturn:
        """Do the work of a transition: rclpy keeps to itself what a callback raises."""
        try:
            result = work()
        except KinectError as error:
            if not (self._fails_again and str(error) == str(self.last_error)):
                self._log.error(f'{what} failed: {error}')
            self.last_error = error
            return TransitionCallbackReturn.FAILURE
        except Exception as error:  # noqa: BLE001 (the node must say what happened, and live)
            self.last_error = KinectError(f'{what} failed unexpectedly: {error!r}')
            self._log.error(f'{what} failed unexpectedly:\n{traceback.format_exc()}')
            return TransitionCallbackReturn.ERROR
        is_step = self.is_autostarting and what != 'activate'
        if what not in ENDS and not is_step:
            self.last_error = None
        return result

    @property
    def _fails_again(self) -> bool:
        return self.is_autostarting and self.last_error is not None

    def _withdraw(self) -> None:
        for publisher in self._advertised:
            self.destroy_lifecycle_publisher(publisher)
        self._advertised.clear()
        if self._static is not None:
            # It keeps all that it has sent for those who come later, of other frames too.
            self.destroy_publisher(self._static.pub_tf)
            self._static = None

    def _apply(self, settings: Settings, changed: frozenset[str]) -> None:
        if self.driver is not None:
            with self._answering():
                self.driver.apply(settings, changed)

    # Diagnostics

    def _diagnose(self) -> None:
        if self._snapshots is not None:
            statistics = self._snapshots(self.state)
        else:
            problem = '' if self.last_error is None else self.last_error.message
            statistics = without_driver(self.settings, self.state, problem)
        message = self._diagnostics(statistics, self.now_ns(), time.monotonic())
        self._diagnostics_topic.publish(message)

    # Services

    def _create_services(self) -> None:
        for name, trigger in (
            ('reset', services.reset),
            ('get_device_info', services.device_info),
        ):
            self.create_service(Trigger, f'~/{name}', partial(self._on_trigger, trigger))
        for name, switch in (('record', services.record), ('pause', services.pause)):
            self.create_service(SetBool, f'~/{name}', partial(self._on_switch, switch))
        self.create_service(SetBool, '~/set_body_tracking', self._on_set_body_tracking)

    def _on_trigger(
        self, work: Callable[[Driver], str], _: Trigger.Request, answer: Trigger.Response
    ) -> Trigger.Response:
        return self._answer(work, answer)

    def _on_switch(
        self,
        work: Callable[[Driver, bool], str],
        request: SetBool.Request,
        answer: SetBool.Response,
    ) -> SetBool.Response:
        return self._answer(lambda driver: work(driver, request.data), answer)

    def _answer(self, work: Callable[[Driver], str], answer: Any) -> Any:
        if self.driver is None:
            reason = self.last_error or 'configure and activate it first'
            answer.message = f'the node is {self.state}: {reason}'
            return answer
        try:
            with self._answering():
                answer.message = work(self.driver)
            answer.success = True
        except KinectError as error:
            answer.message = str(error)
        return answer

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        """Tell an error that nobody foresaw: whoever asked would wait for ever."""
        try:
            yield
        except KinectError:
            raise
        except Exception as error:
            self._log.error(f'a service failed unexpectedly:\n{traceback.format_exc()}')
            raise KinectError(f'failed unexpectedly: {error!r}') from error

    def _on_set_body_tracking(
        self, request: SetBool.Request, answer: SetBool.Response
    ) -> SetBool.Response:
        wish = Parameter('body_tracking_enabled', value=request.data)
        result = self.set_parameters([wish])[0]
        answer.success = result.successful
        answer.message = result.reason or ('on' if request.data else 'off')
        return answer


def main() -> int:
    """Run the driver; return the exit code."""
    return run(AzureKinectNode)
