# SPDX-License-Identifier: Apache-2.0
"""
A ROS graph of a test's own: the driver in one process, subscribers in another, real DDS between.

::

    with Graph() as graph, graph.driver(source='simulated') as driver:
        messages = graph.listen({'depth/image_raw': Image}, count=5)
"""

import contextlib
import fcntl
import itertools
import json
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import tempfile
import time

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import ChangeState, GetState
from rcl_interfaces.srv import GetParameters, SetParameters, SetParametersAtomically
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter

LISTENER = pathlib.Path(__file__).with_name('listener.py')
NAMESPACE = '/k4a'
NODE = f'{NAMESPACE}/azure_kinect_node'
_domains = itertools.count(os.getpid())


def _reserve_domain():
    """Return a domain that no other test on this machine is in, and the lock that keeps it."""
    for number in itertools.islice(_domains, 100):
        domain = 1 + number % 100
        name = f'azure_kinect_py-{os.getuid()}-domain-{domain}.lock'
        lock = (pathlib.Path(tempfile.gettempdir()) / name).open('w')
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
        else:
            return domain, lock
    raise RuntimeError('a hundred tests run on this machine already')


class Graph:
    """A domain on this machine only, and a node of the test in it."""

    def __init__(self):
        self.domain, self._lock = _reserve_domain()
        self.environment = {
            **os.environ,
            'ROS_DOMAIN_ID': str(self.domain),
            'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
            'ROS_LOCALHOST_ONLY': '0',
        }

    def __enter__(self):
        self._stack = contextlib.ExitStack()
        self.folder = pathlib.Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.environment['ROS_LOG_DIR'] = str(self.folder / 'log')
        os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
        self._context = rclpy.Context()
        rclpy.init(context=self._context, domain_id=self.domain)
        self.node = rclpy.create_node('test', context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        return self

    def __exit__(self, *exc):
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)
        self._stack.close()
        self._lock.close()

    def driver(self, *arguments, environment=None, **parameters):
        """Return the driver as a process of its own; ``arguments`` are further ROS arguments."""
        return Driver(self, arguments, parameters, environment or {})

    def call(self, kind, name, timeout=20.0, **fields):
        """Call a service and return its response."""
        client = self.node.create_client(kind, name)
        try:
            assert client.wait_for_service(timeout), f'no service {name}'
            future = client.call_async(kind.Request(**fields))
            self._executor.spin_until_future_complete(future, timeout)
            assert future.done(), f'no answer from {name}'
            return future.result()
        finally:
            self.node.destroy_client(client)

    def spin_until(self, condition, timeout=20.0):
        """Serve the test's node until a condition, a function, holds; return whether it did."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if condition():
                return True
            self._executor.spin_once(timeout_sec=0.02)
        return bool(condition())

    def listener(self, topics, **options):
        """Return a process that subscribes to name -> type, see listener.py."""
        return Listener(self, topics, options)

    def listen(self, topics, count, timeout=60.0, **options):
        """Return name -> list of messages, at least ``count`` of each topic."""
        with self.listener(topics, count=count, timeout=timeout, **options) as listener:
            messages = listener.messages()
        counts = {name: len(kept) for name, kept in messages.items()}
        assert min(counts.values()) >= count, f'too few messages: {counts}'
        return messages


class Driver:
    """``azure_kinect_node`` as its own process."""

    def __init__(self, graph, arguments, parameters, environment):
        self.graph = graph
        self._is_met = False
        self._output = graph.folder / f'driver{time.monotonic_ns()}.txt'
        command = [pathlib.Path(sys.executable).with_name('azure_kinect_node'), '--ros-args']
        command += ['-r', f'__ns:={NAMESPACE}', *arguments]
        for name, value in parameters.items():
            command += ['-p', f'{name}:={json.dumps(value)}']
        with self._output.open('w') as output:
            self.process = subprocess.Popen(
                command,
                env=graph.environment | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self):
        """What it has said so far."""
        return self._output.read_text()

    def wait_for(self, text, timeout=60.0):
        """Wait until it says something; return all it has said."""
        deadline = time.monotonic() + timeout
        while text not in self.output:
            assert self.process.poll() is None, f'it ended:\n{self.output}'
            assert time.monotonic() < deadline, f'it never said {text!r}:\n{self.output}'
            time.sleep(0.02)
        return self.output

    def wait_ended(self, timeout=60.0):
        """Return the exit code and what it said, once it has ended by itself."""
        return self.process.wait(timeout), self.output

    def stop(self, number=signal.SIGINT, timeout=20.0):
        """Stop it as Ctrl-C does; return the exit code and what it said."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.wait_ended(timeout)

    def wait_subscribed(self, topics):
        """Wait until it knows who subscribes, which it learns later than subscribers find it."""
        seen = []
        node = self.graph.node
        watch = node.create_subscription(DiagnosticArray, '/diagnostics', seen.append, 10)
        assert self.graph.spin_until(lambda: seen and _subscribed(seen[-1]) >= set(topics))
        node.destroy_subscription(watch)

    def meet(self):
        """Wait until it knows the test's node; what that asks before then is lost."""
        deadline = time.monotonic() + 60.0
        while not self._is_met:
            with contextlib.suppress(AssertionError):
                self.graph.call(GetState, f'{NODE}/get_state', timeout=1.0)
                self._is_met = True
            assert time.monotonic() < deadline, f'it never answered:\n{self.output}'

    def service(self, kind, name, **fields):
        """Call one of its own services."""
        self.meet()
        return self.graph.call(kind, f'{NODE}/{name}', **fields)

    def transition(self, name):
        """Drive its lifecycle; return whether it went well."""
        request = ChangeState.Request()
        request.transition.label = name
        return self.service(
            ChangeState, 'change_state', transition=request.transition, timeout=60.0
        ).success

    @property
    def state(self):
        """Label of its lifecycle state."""
        return self.service(GetState, 'get_state', timeout=60.0).current_state.label

    def set(self, name, value):
        """Set a parameter; return the result."""
        wish = Parameter(name, value=value).to_parameter_msg()
        return self.service(SetParameters, 'set_parameters', parameters=[wish]).results[0]

    def set_together(self, values):
        """Set parameters, name -> value, all or none; return the result."""
        wishes = [
            Parameter(name, value=value).to_parameter_msg() for name, value in values.items()
        ]
        return self.service(
            SetParametersAtomically, 'set_parameters_atomically', parameters=wishes
        ).result

    def get(self, name):
        """Return the value of a parameter."""
        value = self.service(GetParameters, 'get_parameters', names=[name]).values[0]
        return rclpy.parameter.parameter_value_to_python(value)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _subscribed(diagnostics):
    return {
        status.name.partition(': ')[2]
        for status in diagnostics.status
        if ('Subscribed', 'True') in {(pair.key, pair.value) for pair in status.values}
    }


def _full(name):
    return name if name.startswith('/') else f'{NAMESPACE}/{name}'


class Listener:
    """A process that subscribes and keeps what it gets."""

    def __init__(self, graph, topics, options):
        self._file = graph.folder / f'listener{time.monotonic_ns()}.pickle'
        job = {
            'topics': {
                _full(name): f'{kind.__module__.split(".")[0]}/{kind.__name__}'
                for name, kind in topics.items()
            },
            'file': str(self._file),
            **options,
        }
        if isinstance(job.get('count'), dict):
            job['count'] = {_full(name): count for name, count in job['count'].items()}
        self.process = subprocess.Popen(
            [sys.executable, LISTENER, json.dumps(job)],
            env=graph.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._kinds = topics

    def wait_matched(self):
        """Wait until each subscription has a publisher."""
        assert self.process.stdout.readline() == 'matched\n'

    def raw(self):
        """Return name -> list of (arrival in ns, serialised message), when it is done."""
        self.process.wait(120)
        assert self.process.returncode == 0
        kept = pickle.loads(self._file.read_bytes())
        return {name: kept[_full(name)] for name in self._kinds}

    def messages(self):
        """Return name -> list of messages, when it is done."""
        from rclpy.serialization import deserialize_message

        return {
            name: [deserialize_message(data, self._kinds[name]) for _, data in kept]
            for name, kept in self.raw().items()
        }

    def stop(self):
        """Let it finish with what it has."""
        self.process.send_signal(signal.SIGUSR1)

    def stand_still(self):
        """Have it stand still; its threads do when one of them has heard of it, which may last."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
