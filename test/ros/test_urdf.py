# SPDX-License-Identifier: Apache-2.0
"""The model of the camera: its frames agree with the driver's, none is sent twice."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from azure_kinect_py.ros.frames import CONVENTIONS, Frames

URDF = Path(__file__).parents[2] / 'urdf'


def expand(prefix, convention):
    """Expand what the file uses of xacro, which need not be installed; return the macro."""
    robot = ET.parse(URDF / 'azure_kinect.xacro').getroot()
    space = '{http://www.ros.org/wiki/xacro}'
    macro = robot.find(f'{space}macro')
    known = {'tf_prefix': prefix, 'convention': convention, 'pi': np.pi}
    for element in macro.findall(f'{space}property'):
        known[element.get('name')] = number(evaluated(element.get('value'), known))
        macro.remove(element)
    for element in macro.iter():
        for name, value in element.attrib.items():
            element.set(name, evaluated(value, known))
    return macro


def evaluated(text, known):
    return re.sub(r'\$\{(.*?)\}', lambda m: str(eval(m[1], {}, known)), text)


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def vector(text):
    return np.array(text.split(), float)


@pytest.mark.parametrize('convention', list(CONVENTIONS))
@pytest.mark.parametrize('prefix', ['', 'left_'])
def test_only_the_base_is_shared_with_the_driver(prefix, convention):
    frames = Frames(prefix, convention)
    model = expand(prefix, convention)
    links = {link.get('name') for link in model.iter('link')}
    assert links == {frames.base, f'{prefix}camera_body'}
    assert links.isdisjoint({frames.depth, frames.color, frames.imu})
    (joint,) = model.iter('joint')
    assert joint.get('type') == 'fixed'
    assert joint.find('parent').get('link') == frames.base
    assert joint.find('child').get('link') == f'{prefix}camera_body'
    names = [e.get('name') for e in model.iter() if e.tag in ('link', 'joint', 'visual')]
    assert len(set(names)) == len(names)
    assert all(name.startswith(prefix) for name in names)


def test_size_and_mass_are_those_of_the_data_sheet():
    model = expand('', 'microsoft')
    box = model.find('.//collision//box')
    assert vector(box.get('size')) == pytest.approx([0.126, 0.103, 0.039])
    inertial = model.find('.//inertial')
    assert float(inertial.find('mass').get('value')) == 0.44
    turn = {k: float(v) for k, v in inertial.find('inertia').attrib.items()}
    assert turn['ixx'] == pytest.approx(0.44 / 12 * (0.103**2 + 0.039**2))
    assert turn['ixx'] + turn['iyy'] > turn['izz']


def test_visuals_fill_the_collision_box_and_the_lenses_are_at_the_front():
    model = expand('', 'microsoft')
    low, high = [], []
    for visual in model.iter('visual'):
        box = visual.find('geometry/box')
        if box is not None:
            middle, half = vector(visual.find('origin').get('xyz')), vector(box.get('size')) / 2
            low.append(middle - half)
            high.append(middle + half)
    assert np.min(low, axis=0) == pytest.approx([-0.126, -0.0515, -0.0195], abs=1e-9)
    assert np.max(high, axis=0) == pytest.approx([0, 0.0515, 0.0195], abs=1e-9)
    lenses = [v for v in model.iter('visual') if v.get('name').endswith('lens')]
    assert [vector(v.find('origin').get('xyz'))[1] for v in lenses] == [0, -0.032]


def test_materials_are_defined_where_they_are_first_used():
    defined = set()
    for material in expand('', 'microsoft').iter('material'):
        if material.find('color') is not None:
            defined.add(material.get('name'))
        assert material.get('name') in defined


def test_the_same_with_xacro_itself():
    xacro = pytest.importorskip('xacro')
    mappings = {'tf_prefix': 'left_', 'convention': 'rep103'}
    document = xacro.process_file(str(URDF / 'azure_kinect.urdf.xacro'), mappings=mappings)
    robot = ET.fromstring(document.toxml())
    assert {link.get('name') for link in robot.iter('link')} == {
        'left_camera_link',
        'left_camera_body',
    }
    for ours, theirs in zip(expand('left_', 'rep103').iter('box'), robot.iter('box'), strict=True):
        assert vector(ours.get('size')) == pytest.approx(vector(theirs.get('size')))
