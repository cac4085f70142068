# SPDX-License-Identifier: Apache-2.0
"""What launch_testing runs: the launch file on the simulated camera, a subscriber, and the end."""

import threading
import unittest

import launch_testing.actions
import launch_testing.asserts
import rclpy
from ament_index_python.packages import get_package_share_directory
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
from rcl_interfaces.srv import GetParameters
from sensor_msgs.msg import Image

from launch import LaunchDescription

PACKAGE = 'azure_kinect_py'
SERIAL = '000263393812'  # neither octal nor without its zeros
ARGUMENTS = {
    'source': 'simulated',
    'namespace': 'left',
    'sensor_sn': SERIAL,
    'depth_mode': 'NFOV_2X2BINNED',
    'fps': '15',
    'rviz': 'false',
    'params_file': f'{get_package_share_directory(PACKAGE)}/config/simulated.yaml',
}


def generate_test_description():
    """Return what to launch, and when it may be tested."""
    file = f'{get_package_share_directory(PACKAGE)}/launch/driver.launch.py'
    return LaunchDescription(
        [
            IncludeLaunchDescription(
                PythonLaunchDescriptionSource(file), launch_arguments=ARGUMENTS.items()
            ),
            launch_testing.actions.ReadyToTest(),
        ]
    )


class DriverRuns(unittest.TestCase):
    """While it runs."""

    __test__ = False  # for launch_testing, not for pytest

    @classmethod
    def setUpClass(cls):
        rclpy.init()
        cls.node = rclpy.create_node('launch_test')

    @classmethod
    def tearDownClass(cls):
        cls.node.destroy_node()
        rclpy.shutdown()

    def test_images_come_in_the_namespace(self):
        arrived = threading.Event()
        self.node.create_subscription(Image, '/left/depth/image_raw', lambda _: arrived.set(), 1)
        for _ in range(600):
            rclpy.spin_once(self.node, timeout_sec=0.1)
            if arrived.is_set():
                return
        self.fail('no depth image')

    def test_arguments_reach_the_node_as_they_were_written(self):
        client = self.node.create_client(GetParameters, '/left/azure_kinect_node/get_parameters')
        assert client.wait_for_service(60.0)
        names = ['sensor_sn', 'fps', 'simulated_people', 'rgb_point_cloud', 'color_resolution']
        future = client.call_async(GetParameters.Request(names=names))
        rclpy.spin_until_future_complete(self.node, future, timeout_sec=60.0)
        serial, fps, people, colored, resolution = future.result().values
        assert serial.string_value == SERIAL
        assert fps.integer_value == 15
        assert people.integer_value == 3  # of the file
        assert colored.bool_value
        assert resolution.string_value == '720P'  # of the table


@launch_testing.post_shutdown_test()
class DriverEnds(unittest.TestCase):
    """When it was told to end."""

    __test__ = False

    def test_exit_code(self, proc_info):
        launch_testing.asserts.assertExitCodes(proc_info)
