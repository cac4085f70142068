# SPDX-License-Identifier: Apache-2.0
"""The node gives back what it opened."""

import os
import subprocess
import sys

from helpers.ros_graph import Graph

DRIVERS = """
import gc, weakref
import rclpy
from rclpy.parameter import Parameter
from azure_kinect_py.ros.node import AzureKinectNode
rclpy.init()
node = AzureKinectNode(parameter_overrides=[
    Parameter('source', value='simulated'),
    Parameter('depth_mode', value='NFOV_2X2BINNED'),
])
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


def test_a_closed_driver_takes_no_memory():
    """While a camera does not start, one after the other is opened, for days."""
    with Graph() as graph:
        done = subprocess.run(
            [sys.executable, '-c', DRIVERS],
            env=graph.environment | {'PYTHONPATH': os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            timeout=180,
            text=True,
            check=True,
        )
    assert 'closed 3 alive 0' in done.stdout
