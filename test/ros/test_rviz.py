# SPDX-License-Identifier: Apache-2.0
"""The RViz configuration shows topics that exist, each in a display for its type."""

from pathlib import Path

import pytest
import yaml

from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.ros.joint_table import ROW
from azure_kinect_py.ros.markers import BONES, IDS
from azure_kinect_py.ros.rviz import fitted

CONFIG = Path(__file__).parents[2] / 'rviz' / 'azure_kinect.rviz'
TYPES = {
    'points2': 'PointCloud2',
    'body_tracking/joints': 'PointCloud2',
    'body_tracking_data': 'MarkerArray',
    'rgb/image_raw': 'Image',
    'depth/image_raw': 'Image',
    'ir/image_raw': 'Image',
    'body_index_map/image_raw': 'Image',
    'robot_description': 'String',
}
SHOWS = {
    'PointCloud2': 'PointCloud2',
    'MarkerArray': 'MarkerArray',
    'Image': 'Image',
    'Camera': 'Image',
    'RobotModel': 'String',
}


def leaves(displays):
    for display in displays:
        yield from leaves(display['Displays']) if 'Displays' in display else (display,)


@pytest.fixture(scope='module')
def manager():
    return yaml.safe_load(CONFIG.read_text())['Visualization Manager']


@pytest.fixture(scope='module')
def displays(manager):
    return list(leaves(manager['Displays']))


def plugin(display):
    package, name = display['Class'].split('/')
    assert package == 'rviz_default_plugins'
    return name


def topic(display):
    return display.get('Topic') or display.get('Description Topic')


def test_every_topic_exists_and_its_display_takes_its_type(displays):
    shown = set()
    for display in displays:
        if topic(display) is not None:
            name = topic(display)['Value'].removeprefix('/k4a/')
            assert TYPES[name] == SHOWS[plugin(display)], display['Name']
            shown.add(name)
    assert shown == set(TYPES)


def test_joint_frames_and_the_fixed_frame(manager, displays):
    assert manager['Global Options']['Fixed Frame'] == Frames().base
    (frames,) = (display for display in displays if plugin(display) == 'TF')
    assert frames['Enabled']
    assert frames['Frames']['All Enabled']


def test_queues_are_what_the_driver_offers(displays):
    """A reliable reader works with the driver's reliable writers; descriptions are latched."""
    for display in displays:
        if topic(display) is not None:
            assert topic(display)['Reliability Policy'] == 'Reliable'
            latched = plugin(display) == 'RobotModel'
            durability = 'Transient Local' if latched else 'Volatile'
            assert topic(display)['Durability Policy'] == durability


def test_bodies_are_shown_with_their_namespaces_and_confidence(displays):
    (markers,) = (display for display in displays if plugin(display) == 'MarkerArray')
    assert markers['Namespaces'] == {'': True, BONES: True, IDS: True}
    (table,) = (d for d in displays if (topic(d) or {}).get('Value', '').endswith('joints'))
    assert table['Channel Name'] in ROW.names


def test_names_are_unique_and_values_agree(displays):
    names = [display['Name'] for display in displays]
    assert len(set(names)) == len(names)
    assert all(display['Enabled'] == display['Value'] for display in displays)


@pytest.mark.parametrize(
    ('namespace', 'values', 'prefix', 'frame', 'farthest'),
    [
        ('k4a', {}, '/k4a/', 'camera_base', 5000),
        ('/left/', {'tf_prefix': 'left_'}, '/left/', 'left_camera_base', 5000),
        ('', {'depth_unit': '32FC1'}, '/', 'camera_base', 5),
        ('a/b', {'frame_convention': 'rep103'}, '/a/b/', 'camera_link', 5000),
        ('a', {'frame_convention': 'REP103', 'depth_unit': '32fc1'}, '/a/', 'camera_link', 5),
    ],
)
def test_it_is_fitted_to_how_the_driver_is_launched(namespace, values, prefix, frame, farthest):
    text = fitted(CONFIG.read_text(), namespace, values)
    manager = yaml.safe_load(text)['Visualization Manager']
    displays = list(leaves(manager['Displays']))
    topics = {topic(display)['Value'] for display in displays if topic(display) is not None}
    assert topics == {prefix + name for name in TYPES}
    assert manager['Global Options']['Fixed Frame'] == frame
    (depth,) = (display for display in displays if display['Name'] == 'Depth')
    assert depth['Max Value'] == farthest


def test_it_is_as_it_was_with_the_defaults():
    assert fitted(CONFIG.read_text(), 'k4a', {'fps': 5}) == CONFIG.read_text()
