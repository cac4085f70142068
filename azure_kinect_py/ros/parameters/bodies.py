# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: RUF009 (a row is a dataclasses.field)
"""The rows of the parameter table about body tracking."""

from __future__ import annotations

import dataclasses

from azure_kinect_py.joints import Confidence
from azure_kinect_py.ros.parameters.rows import names, row, same


@dataclasses.dataclass(frozen=True)
class BodyParameters:
    """Body tracking."""

    body_tracking_enabled: bool = row(
        False, 'Track bodies; the service ~/set_body_tracking sets it too.', live=True
    )
    body_tracker: str = row(
        'auto',
        'Which tracker. auto: simulated for the simulated source, else k4abt.',
        choices=same('auto', 'k4abt', 'simulated'),
    )
    body_tracking_smoothing_factor: float = row(
        0.0, 'Temporal smoothing: 0 none, 1 full.', bounds=(0.0, 1.0), live=True
    )
    body_tracking_processing_mode: str = row(
        'gpu',
        'What the tracker of the Body Tracking SDK computes on; gpu_directml: Windows only.',
        choices=same('gpu', 'cpu', 'gpu_cuda', 'gpu_tensorrt', 'gpu_directml'),
    )
    body_tracking_sensor_orientation: str = row(
        'default',
        'How the camera is mounted.',
        choices=same('default', 'clockwise90', 'counterclockwise90', 'flip180'),
    )
    body_tracking_gpu_device_id: int = row(0, 'Which GPU.', bounds=(0, 63))
    body_tracking_model_path: str = row(
        '', 'standard, lite, or the path of a model file. Empty: standard.'
    )
    body_tracking_queue: str = row(
        'realtime',
        'realtime: the newest capture wins, the others go untracked. '
        'synchronous: every capture is tracked, in order; for recordings.',
        choices=same('realtime', 'synchronous'),
    )
    max_bodies: int = row(
        6, 'Most bodies in the joint table: those in view the longest come first.', bounds=(1, 16)
    )
    min_joint_confidence: Confidence = row(
        'low',
        'Joints below it are not sent as frames; the numbers 0 to 3 are understood too.',
        choices=names(Confidence, lower=True),
        hidden={level.value: level for level in Confidence},
        live=True,
    )
    joint_frames: str = row(
        'hierarchy',
        'Joints on /tf: each a child of its parent joint, all children of the depth camera, none.',
        choices=same('hierarchy', 'flat', 'none'),
        live=True,
    )
    sync_images_to_bodies: bool = row(
        False,
        'Images and clouds of a capture wait for its bodies and leave with them; in realtime, '
        'those of captures that go untracked for want of time are not sent.',
        live=True,
    )
    simulated_tracker_latency: float = row(
        0.03, 'Seconds that the simulated tracker takes.', bounds=(0.0, 5.0)
    )
    simulated_tracker_noise: float = row(
        0.0, 'Standard deviation of simulated joints, metres.', bounds=(0.0, 1.0)
    )
