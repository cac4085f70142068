# SPDX-License-Identifier: Apache-2.0
"""The node gives back what it opened."""

import os
import subprocess
import sys

from helpers.ros_graph import Graph

NODE = """
import gc, weakref
import rclpy
from rclpy.parameter import Parameter
from azure_kinect_py.ros.node import AzureKinectNode
rclpy.init()
node = AzureKinectNode(parameter_overrides=[
    Parameter('source', value='simulated'),
    Parameter('depth_mode', value='NFOV_2X2BINNED'),
])
"""
DRIVERS = """
drivers = []
for _ in range(3):
    node.trigger_configure()
    drivers.append(weakref.ref(node.driver))
    node.trigger_activate()
    node.trigger_deactivate()
    node.trigger_cleanup()
print('closed', len(drivers), 'alive', sum(driver() is not None for driver in drivers))
node.destroy_node()
rclpy.shutdown()
"""


RESETS = """
node.trigger_configure()
node.trigger_activate()
node.driver.restart()  # the first source is not looked at any more, until the next configuration
sources = []
for _ in range(3):
    sources.append(weakref.ref(node.driver.connection.source))
    node.driver.restart()
print('reset', len(sources), 'alive', sum(source() is not None for source in sources))
node.trigger_shutdown()
node.destroy_node()
rclpy.shutdown()
"""


def run(program):
    with Graph() as graph:
        done = subprocess.run(
            [sys.executable, '-c', program],
            env=graph.environment | {'PYTHONPATH': os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            timeout=180,
            text=True,
            check=True,
        )
    return done.stdout


def test_a_closed_driver_takes_no_memory():
    """While a camera does not start, one after the other is opened, for days."""
    assert 'closed 3 alive 0' in run(NODE + DRIVERS)


def test_a_source_that_was_reset_takes_no_memory():
    assert 'reset 3 alive 0' in run(NODE + RESETS)
