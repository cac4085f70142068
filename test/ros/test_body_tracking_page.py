# SPDX-License-Identifier: Apache-2.0
"""docs/body_tracking.md: its program runs, its tables and its drawing agree with the code."""

import os
import re
import runpy
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import rclpy
from helpers.crowd import crowd
from helpers.factory_calibration import raw_calibration
from sensor_msgs.msg import PointCloud2

from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.joints import Joint
from azure_kinect_py.modes import ColorResolution, DepthMode
from azure_kinect_py.ros.joint_frames import STYLES
from azure_kinect_py.ros.joint_table import ROW, JointTable
from azure_kinect_py.trackers import ProcessingMode

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / 'docs' / 'body_tracking.md').read_text()


@pytest.fixture
def alone(monkeypatch):
    """Keep other nodes out: a domain of our own, on this machine."""
    monkeypatch.setenv('ROS_DOMAIN_ID', str(40 + os.getpid() % 60))
    monkeypatch.setenv('ROS_AUTOMATIC_DISCOVERY_RANGE', 'LOCALHOST')
    context = rclpy.Context()
    rclpy.init(context=context)
    yield context
    context.try_shutdown()


def test_the_program_prints_the_bodies(alone, tmp_path):
    """As a user runs it: in a process of its own, with tables from this one."""
    (program,) = re.findall(r'```python\n(.*?)```', PAGE, re.DOTALL)
    assert len(program.splitlines()) == 10
    path = tmp_path / 'table_reader.py'
    path.write_text(program)
    calibration = parse_calibration(
        raw_calibration(), DepthMode.NFOV_UNBINNED, ColorResolution.R720P
    )
    build = JointTable(calibration, 'depth_camera_link', 6)
    tables = [build(crowd(*ids, confidence=2), 10**18) for ids in ((), (7, 8))]
    node = rclpy.create_node('table_writer', context=alone)
    publisher = node.create_publisher(PointCloud2, '/k4a/body_tracking/joints', 10)
    done = threading.Event()

    def publish():
        while not done.wait(0.1):
            for table in tables:
                publisher.publish(table)

    writer = threading.Thread(target=publish)
    reader = subprocess.Popen([sys.executable, '-u', str(path)], stdout=subprocess.PIPE, text=True)
    deadline = threading.Timer(30, reader.kill)
    try:
        deadline.start()
        writer.start()
        lines = [reader.stdout.readline().strip() for _ in range(2)]
    finally:
        done.set()
        writer.join()
        deadline.cancel()
        reader.kill()
        reader.communicate()
        node.destroy_node()
    assert lines[0].startswith('body 7 head (')
    assert lines[1].startswith('body 8 head (')
    assert lines[0].endswith('sure: 2')


def test_the_tables_name_every_field_joint_and_choice():
    for name in ROW.names:
        assert re.search(rf'^\| `[^|]*\b{name}\b', PAGE, re.MULTILINE), name
    for joint in Joint:
        base = joint.name.lower().removesuffix('_left')
        side = f'{base}_left' if joint in (Joint.EYE_LEFT, Joint.EAR_LEFT) else base
        if not joint.name.endswith('RIGHT'):
            assert re.search(rf'\b{joint.value} {side}\b', PAGE), joint
    for mode in ProcessingMode:
        assert f'| `{mode.label}` |' in PAGE
    assert all(f'{style}`' in PAGE for style in STYLES)


def test_the_drawing_is_that_of_the_anatomy():
    """If this fails, the anatomy changed: run tools/draw_joints.py."""
    tool = runpy.run_path(str(ROOT / 'tools' / 'draw_joints.py'))
    assert (ROOT / 'docs' / 'joints.svg').read_text() == tool['draw']()
