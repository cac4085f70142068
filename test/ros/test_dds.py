# SPDX-License-Identifier: Apache-2.0
"""The Fast DDS profile: used unless the user has other plans, and really in use."""

import pathlib
import re
import types
from xml.etree import ElementTree as ET

import pytest
from helpers.ros_graph import Graph

from azure_kinect_py.ros import dds

NEW, OLD = dds.VARIABLES
NEW_PROFILE, OLD_PROFILE = map(dds.settings_path, dds.PROFILES)


def test_the_profile_is_used_by_default():
    environment = {}
    assert dds.use_profile(environment) == ''
    assert environment == {NEW: str(NEW_PROFILE)}


def test_the_profiles_differ_in_what_older_versions_do_not_know():
    new, old = (ET.parse(path).getroot() for path in (NEW_PROFILE, OLD_PROFILE))
    (participant,) = new.iterfind('.//{*}participant/{*}rtps')
    participant.remove(participant.find('{*}flow_controller_descriptor_list'))
    (delay,) = new.iterfind('.//{*}times/*')
    (older_delay,) = old.iterfind('.//{*}times/*')
    assert older_delay.tag.endswith('nackSupressionDuration')
    assert delay.tag.endswith('nack_supression_duration')  # the one name for all versions from 3
    delay.tag = older_delay.tag
    texts = [''.join(ET.tostring(root, 'unicode').split()) for root in (new, old)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize('distro', ['humble', 'jazzy'])
def test_older_distributions_read_the_older_variable(distro):
    environment = {'ROS_DISTRO': distro}
    dds.use_profile(environment)
    assert environment[OLD] == str(OLD_PROFILE)
    assert NEW not in environment


@pytest.mark.parametrize(
    'environment',
    [
        {NEW: '/my/profile.xml'},
        {OLD: '/my/profile.xml'},
        {'RMW_IMPLEMENTATION': 'rmw_cyclonedds_cpp'},
        {'FASTDDS_BUILTIN_TRANSPORTS': 'LARGE_DATA'},
    ],
)
def test_who_has_other_plans_is_left_alone(environment):
    before = dict(environment)
    assert dds.use_profile(environment) == ''
    assert environment == before


def test_too_little_shared_memory_is_told(monkeypatch):
    usage = types.SimpleNamespace(free=64 * 2**20)
    monkeypatch.setattr(dds.shutil, 'disk_usage', lambda _: usage)
    environment = {}
    advice = dds.use_profile(environment)
    assert '64 MB free' in advice
    assert '--shm-size' in advice
    assert environment == {}


def test_the_driver_process_has_the_memory_mapped():
    with Graph() as graph, graph.driver(source='simulated', autostart=False) as driver:
        assert driver.state == 'unconfigured'
        maps = pathlib.Path(f'/proc/{driver.process.pid}/maps').read_text()
        sizes = [
            int(end, 16) - int(start, 16)
            for start, end in re.findall(r'^(\w+)-(\w+) .*/dev/shm/', maps, re.MULTILINE)
        ]
        assert max(sizes) >= dds.segment_size(NEW_PROFILE)
        assert 'WARN' not in driver.output


@pytest.mark.parametrize('name', ['fastdds', 'fastrtps'])
def test_segments_of_this_process_are_removed_and_no_others(name, monkeypatch, tmp_path):
    """Fast DDS 3 and 2 name them differently."""
    own, other = (tmp_path / f'{name}_{number:016x}' for number in (0xA1, 0xB2))
    files = [tmp_path / f'{path.name}{end}' for path in (own, other) for end in ('', '_el')]
    for path in files:
        path.touch()
    lock = re.compile(dds._LOCK.pattern.replace(dds.SHARED_MEMORY, str(tmp_path)))
    monkeypatch.setattr(dds, '_LOCK', lock)
    with files[1].open():
        dds.remove_segments()
    assert sorted(tmp_path.iterdir()) == sorted(files[2:])
