# SPDX-License-Identifier: Apache-2.0
"""The launch file, run for real by launch_testing, which comes with a ROS install."""

import os
import subprocess
import sys

import pytest

pytest.importorskip(
    'launch_testing', reason='launch_testing is not installed: it comes with a ROS install only'
)
pytest.importorskip('launch_ros', reason='launch_ros is not installed')

PROGRAM = """
import importlib, sys
from launch_testing.loader import LoadTestsFromPythonModule
from launch_testing.test_runner import LaunchTestRunner
sys.path.insert(0, sys.argv[1])
module = importlib.import_module('helpers.driver_launch')
runner = LaunchTestRunner(LoadTestsFromPythonModule(module, name='driver'))
runner.validate()
results = runner.run().values()
sys.exit(not results or not all(result.wasSuccessful() for result in results))
"""


def test_the_driver_is_launched_with_arguments_and_a_file(request):
    from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

    try:
        get_package_share_directory('azure_kinect_py')
    except PackageNotFoundError:
        pytest.skip('azure_kinect_py is not installed: source the workspace that it was built in')
    environment = {
        **os.environ,
        'ROS_DOMAIN_ID': str(1 + os.getpid() % 100),
        'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
    }
    # An installed package has kernels of its own; a start that compiles them answers nobody.
    compiles = [sys.executable, '-m', 'azure_kinect_py.cli.program', 'compile']
    subprocess.run(compiles, cwd='/', stdout=subprocess.DEVNULL, timeout=300, check=True)
    folder = request.config.rootpath / 'test'
    run = subprocess.run(
        [sys.executable, '-c', PROGRAM, str(folder)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        text=True,
        check=False,
        cwd='/',
    )
    assert run.returncode == 0, run.stdout
