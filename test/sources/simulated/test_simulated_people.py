# SPDX-License-Identifier: Apache-2.0
"""People are built and move like people, in the axes of the Body Tracking SDK."""

import itertools

import numpy as np
import pytest

from azure_kinect_py.geometry import rotations
from azure_kinect_py.joints import PARENTS, Joint
from azure_kinect_py.sources.simulated.anatomy import AXES, OFFSETS
from azure_kinect_py.sources.simulated.legs import doing
from azure_kinect_py.sources.simulated.motion import Doing, Gesture, poses
from azure_kinect_py.sources.simulated.paths import STEP, STRETCH, Paths
from azure_kinect_py.sources.simulated.room import FLOOR, FURNITURE, HIGH, LOW
from azure_kinect_py.trackers.skeleton import bone_lengths

UP, FORWARD, RIGHT = np.array([0, -1.0, 0]), np.array([0, 0, 1.0]), np.array([1.0, 0, 0])


def standing(gesture=Gesture.NONE, effort=0.0, heading=np.pi, stride=0.0, gait=0.0, count=1):
    one = np.ones(count)
    return Doing(
        x=0 * one,
        z=2 * one,
        heading=heading * one,
        gait=gait * one,
        stride=stride * one,
        gesture=np.full(count, gesture),
        effort=effort * one,
        time=0 * one,
        height=one,
    )


def axes(orientations, joint):
    """Return a joint's x, y and z axis in the room."""
    return rotations.to_matrix(orientations[0, joint]).T


def planned(people, seed, stretches=6):
    paths = Paths(people, seed)
    for _ in range(stretches):
        for _ in paths.plan():
            pass
    return paths


def tracks(paths, seconds):
    """Return x and z of everybody at the times, (people, times, 2)."""
    every = []
    for way in paths.legs:
        row = []
        for second in seconds:
            leg = next(leg for leg in reversed(way) if leg.start <= second + 1e-9)
            row.extend(leg.places(np.array([second])))
        every.append(row)
    return np.array(every)


class TestAxes:
    """What Microsoft's sample for Unity implies for a T-pose that faces the camera."""

    @pytest.fixture(scope='class')
    def orientations(self):
        return poses(standing(Gesture.ARMS_OUT, 1.0)).orientations

    @pytest.mark.parametrize('joint', [Joint.PELVIS, Joint.SPINE_CHEST, Joint.NECK, Joint.HEAD])
    def test_spine(self, orientations, joint):
        x, y, z = axes(orientations, joint)
        assert x @ UP > 0.99
        assert y @ -FORWARD > 0.99  # to the front: towards the camera
        assert z @ RIGHT > 0.99  # to the person's left

    def test_arms_mirror_each_other(self, orientations):
        x, y, z = axes(orientations, Joint.ELBOW_LEFT)
        assert x @ RIGHT > 0.98
        assert y @ -FORWARD > 0.98
        assert z @ -UP > 0.98
        x, y, z = axes(orientations, Joint.ELBOW_RIGHT)
        assert x @ RIGHT > 0.98
        assert y @ FORWARD > 0.98
        assert z @ UP > 0.98

    def test_x_runs_along_the_bones(self):
        """In any pose: with the bone on the left arm and the right leg, against it elsewhere."""
        pose = poses(standing(Gesture.HANDS_ON_HIPS, 1.0, heading=2.0, stride=0.8, gait=1.0))
        sense = {'ELBOW_LEFT': 1, 'ELBOW_RIGHT': -1, 'SHOULDER_LEFT': 1, 'SHOULDER_RIGHT': -1}
        sense |= {
            'HIP_LEFT': -1,
            'HIP_RIGHT': 1,
            'KNEE_LEFT': -1,
            'KNEE_RIGHT': 1,
            'WRIST_LEFT': 1,
        }
        sense |= {'HAND_LEFT': 1, 'HAND_RIGHT': -1, 'SPINE_NAVAL': 1, 'PELVIS': 1}
        child = {Joint.PELVIS: Joint.SPINE_NAVAL, Joint.WRIST_LEFT: Joint.HAND_LEFT}
        for name, sign in sense.items():
            joint = Joint[name]
            end = child.get(joint, next((j for j in Joint if PARENTS[j] == joint), joint))
            bone = pose.positions[0, end] - pose.positions[0, joint]
            along = axes(pose.orientations, joint)[0] @ bone / np.linalg.norm(bone)
            assert sign * along > 0.98, name

    def test_frames_are_right_handed(self):
        assert np.allclose(np.linalg.det(rotations.to_matrix(AXES)), 1)

    def test_facing_the_camera_the_left_hand_is_on_the_right_of_the_image(self, orientations):
        positions = poses(standing(Gesture.ARMS_OUT, 1.0)).positions[0]
        assert positions[Joint.HANDTIP_LEFT, 0] > 0.7
        assert positions[Joint.HANDTIP_RIGHT, 0] < -0.7


class TestBody:
    def test_sizes(self):
        pose = poses(standing(Gesture.ARMS_OUT, 1.0))
        joints = pose.positions[0]
        height = FLOOR - joints[Joint.HEAD, 1]
        assert 1.5 < height < 1.7
        span = np.linalg.norm(joints[Joint.HANDTIP_LEFT] - joints[Joint.HANDTIP_RIGHT])
        assert 1.6 < span < 1.85
        lengths = bone_lengths(joints)
        for left in (Joint.ELBOW_LEFT, Joint.KNEE_LEFT, Joint.EYE_LEFT, Joint.THUMB_LEFT):
            right = Joint[left.name.replace('LEFT', 'RIGHT')]
            assert lengths[left] == pytest.approx(lengths[right])
        np.testing.assert_allclose(lengths, np.linalg.norm(OFFSETS, axis=1), atol=1e-9)

    def test_gait(self):
        """Feet on the floor, arms against the legs, knees bend to the back."""
        phases = np.linspace(0, 2 * np.pi, 24, endpoint=False)
        walking = standing(stride=1.0, gait=phases, heading=0.0, count=24)
        joints = poses(walking).positions
        ankles = joints[
            :, [Joint.ANKLE_LEFT, Joint.ANKLE_RIGHT, Joint.FOOT_LEFT, Joint.FOOT_RIGHT]
        ]
        lowest = ankles[..., 1].max(axis=1)
        assert ((lowest > FLOOR - 0.1) & (lowest < FLOOR)).all()
        ahead = joints[..., 2] - joints[:, :1, 2]
        legs = ahead[:, Joint.ANKLE_LEFT] - ahead[:, Joint.ANKLE_RIGHT]
        arms = ahead[:, Joint.WRIST_LEFT] - ahead[:, Joint.WRIST_RIGHT]
        assert np.corrcoef(legs, arms)[0, 1] < -0.8
        assert 0.45 < legs.max() < 0.9
        for side in ('LEFT', 'RIGHT'):
            hip, knee, ankle = (joints[:, Joint[f'{n}_{side}']] for n in ('HIP', 'KNEE', 'ANKLE'))
            bend = np.cross(ankle - knee, knee - hip)[:, 0]
            assert (bend > -1e-3).all()
            assert bend.max() > 0.05
        pelvis = joints[:, Joint.PELVIS, 1]
        assert 0.005 < np.ptp(pelvis) < 0.08

    def test_a_waving_hand_is_up(self):
        joints = poses(standing(Gesture.WAVE_RIGHT, 1.0)).positions[0]
        assert joints[Joint.HANDTIP_RIGHT, 1] < joints[Joint.SHOULDER_RIGHT, 1] - 0.15
        assert joints[Joint.HANDTIP_LEFT, 1] > joints[Joint.ELBOW_LEFT, 1]


class TestPaths:
    @pytest.mark.parametrize(('people', 'seed'), [(1, 0), (2, 1), (3, 2), (6, 3)])
    def test_nobody_walks_through_anybody_or_anything(self, people, seed):
        paths = planned(people, seed)
        every = tracks(paths, np.arange(0, 6 * STRETCH, STEP))
        for number, one in enumerate(every):
            for other in every[:number]:
                assert np.linalg.norm(one - other, axis=-1).min() > 0.5
            inside = (one[:, None] > FURNITURE[:, :2]) & (one[:, None] < FURNITURE[:, 2:])
            assert not inside.all(axis=-1).any()
            assert (one > LOW[[0, 2]] + 0.3).all()
            assert (one < HIGH[[0, 2]] - 0.3).all()
        steps = np.linalg.norm(np.diff(every, axis=1), axis=-1)
        assert steps.max() < 1.3 * STEP

    def test_people_walk_stay_wave_and_leave(self):
        paths = planned(3, 0, 12)
        legs = [leg for way in paths.legs for leg in way]
        assert sum(leg.walks for leg in legs) > 15
        assert any(leg.gesture is Gesture.WAVE_RIGHT for leg in legs)
        assert any(leg.target[1] < 0 for leg in legs)
        assert any(leg.origin[1] < 0 < leg.target[1] for leg in legs)

    def test_legs_are_seamless(self):
        for way in planned(3, 0).legs:
            for before, after in itertools.pairwise(way):
                assert after.start == pytest.approx(before.end)
                assert after.origin == before.target
                assert after.before == before.heading

    def test_movement_is_smooth(self):
        """No joint jumps from one frame to the next, not even at the seams of two legs."""
        way = planned(1, 2).legs[0]
        times = np.arange(0, 40, 1 / 30)
        parts = [(leg, times[(times >= leg.start) & (times < leg.end)]) for leg in way]
        parts = [(leg, moments) for leg, moments in parts if len(moments)]
        state = doing([p[0] for p in parts], [p[1] for p in parts], np.ones(len(parts)))
        speed = np.linalg.norm(np.diff(poses(state).positions, axis=0), axis=-1) * 30
        assert speed.max() < 8.0
        assert np.percentile(speed, 99) < 4.0

    def test_seeds(self):
        same = [tracks(planned(2, 9, 2), [3.0, 17.0]) for _ in range(2)]
        np.testing.assert_array_equal(*same)
        assert not np.allclose(same[0], tracks(planned(2, 8, 2), [3.0, 17.0]))
