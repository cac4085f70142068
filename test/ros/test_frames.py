# SPDX-License-Identifier: Apache-2.0
"""Frame names in both conventions, and what is refused."""

import pytest

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.joints import Joint
from azure_kinect_py.ros.frames import Frames


def names(frames):
    return [frames.base, frames.depth, frames.color, frames.imu, frames.joint(7, Joint.EAR_RIGHT)]


def test_default_names_are_microsofts():
    assert names(Frames()) == [
        'camera_base', 'depth_camera_link', 'rgb_camera_link', 'imu_link', 'body_7/ear_right',
    ]  # fmt: skip


def test_rep103_names_with_a_prefix():
    assert names(Frames('left_', 'rep103')) == [
        'left_camera_link',
        'left_depth_optical_frame',
        'left_color_optical_frame',
        'left_imu_frame',
        'left_body_7/ear_right',
    ]


def test_unknown_convention_names_the_allowed():
    with pytest.raises(ConfigError, match=r"frame_convention: 'ros'.*microsoft, rep103"):
        Frames(convention='ros')


@pytest.mark.parametrize('prefix', ['/robot/', 'my robot/', 'a\tb'])
def test_prefixes_that_tf2_refuses_are_refused(prefix):
    with pytest.raises(ConfigError, match='tf_prefix'):
        Frames(prefix)
