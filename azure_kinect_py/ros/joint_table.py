# SPDX-License-Identifier: Apache-2.0
"""
The joint table: one row per body and joint, as a PointCloud2.

A cloud, so that any language reads it without a message of ours, RViz draws it, and a bag keeps
it. Rows of a body follow each other, joint 0 to 31: ``table.reshape(-1, 32)`` in numpy. Bodies in
view the longest come first. An empty table (width 0) says that nobody is there.
"""

from __future__ import annotations

import array

import numpy as np
import numpy.typing as npt
from sensor_msgs.msg import PointCloud2, PointField

from azure_kinect_py.data import Body, BodyFrame, Calibration, CameraCalibration, Sensor
from azure_kinect_py.geometry import rotations
from azure_kinect_py.geometry.projection import project, transform_points
from azure_kinect_py.joints import Joint
from azure_kinect_py.ros.clock import to_time
from azure_kinect_py.trackers.skeleton import bone_lengths, relative_orientations

_FLOATS = (
    *('x', 'y', 'z'),  # metres, in the depth camera's frame
    *('qx', 'qy', 'qz', 'qw'),  # rotation in the depth camera's frame
    *('rqx', 'rqy', 'rqz', 'rqw'),  # rotation in the frame of the parent joint
    'bone_length',  # metres to the parent joint; 0 for the pelvis
    *('u_depth', 'v_depth'),  # pixels in the depth image, NaN outside
    *('u_color', 'v_color'),  # pixels in the color image, NaN outside
)

_COLUMNS = (
    *((name, 4 * index, PointField.FLOAT32) for index, name in enumerate(_FLOATS)),
    ('body_id', 64, PointField.UINT32),
    ('joint', 68, PointField.UINT8),
    ('confidence', 69, PointField.UINT8),
)
_FORMATS = {PointField.FLOAT32: '<f4', PointField.UINT32: '<u4', PointField.UINT8: 'u1'}

ROW = np.dtype(
    {
        'names': [name for name, _, _ in _COLUMNS],
        'formats': [_FORMATS[datatype] for _, _, datatype in _COLUMNS],
        'offsets': [offset for _, offset, _ in _COLUMNS],
        'itemsize': 72,
    }
)
"""A row: 16 FLOAT32, then body_id UINT32, joint and confidence UINT8, and two bytes of padding."""


class JointTable:
    """
    Builds the joint table of each frame.

    :param frame_id: The depth camera's frame.
    :param max_bodies: Bodies beyond are left out; those in view the longest stay.
    """

    def __init__(self, calibration: Calibration, frame_id: str, max_bodies: int) -> None:
        self._cameras = (
            (calibration.depth, np.eye(4)),
            (calibration.color, calibration.extrinsics(Sensor.DEPTH, Sensor.COLOR)),
        )
        self._frame_id = frame_id
        self._max_bodies = max_bodies
        self._ids: list[int] = []
        self._fields = [
            PointField(name=name, offset=offset, datatype=datatype, count=1)
            for name, offset, datatype in _COLUMNS
        ]

    def __call__(self, bodies: BodyFrame, stamp_ns: int) -> PointCloud2:
        """Return the table, a new message each time."""
        rows = self.rows(bodies)
        table = PointCloud2(height=1, width=len(rows), fields=self._fields)
        table.header.frame_id = self._frame_id
        table.header.stamp = to_time(stamp_ns)
        table.point_step, table.row_step = ROW.itemsize, rows.nbytes
        table.is_bigendian = False
        table.is_dense = bool(np.isfinite(rows['x'] + rows['y'] + rows['z']).all())
        table.data = array.array('B', rows.tobytes())
        return table

    def rows(self, bodies: BodyFrame) -> npt.NDArray[np.void]:
        """Return the table as a structured array (N * 32,) of :data:`ROW`."""
        shown = self._select(bodies)
        rows = np.zeros(len(shown) * len(Joint), ROW)
        if shown:
            self._fill(rows, shown)
        return rows

    def _select(self, bodies: BodyFrame) -> list[Body]:
        found = {body.id: body for body in bodies.bodies}
        known = [body_id for body_id in self._ids if body_id in found]
        new = sorted(found.keys() - known)  # ids count up: the lower, the longer in view
        self._ids = known + new
        return [found[body_id] for body_id in self._ids[: self._max_bodies]]

    def _fill(self, rows: npt.NDArray[np.void], shown: list[Body]) -> None:
        places = np.stack([body.positions for body in shown])
        turns = rotations.normalized(np.stack([body.orientations for body in shown]))
        flat = places.reshape(-1, 3)
        numbers = rows.view('<f4').reshape(len(rows), -1)
        numbers[:, 0:3] = flat
        numbers[:, 3:7] = turns.reshape(-1, 4)
        numbers[:, 7:11] = relative_orientations(turns).reshape(-1, 4)
        numbers[:, 11] = bone_lengths(places).ravel()
        for first, (camera, matrix) in zip((12, 14), self._cameras, strict=True):
            numbers[:, first : first + 2] = _pixels(camera, transform_points(matrix, flat))
        rows['body_id'] = np.repeat([body.id for body in shown], len(Joint))
        rows['joint'] = np.tile(np.arange(len(Joint)), len(shown))
        rows['confidence'] = np.concatenate([body.confidences for body in shown])


def _pixels(
    camera: CameraCalibration | None, points: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Return where a camera sees its points, (N, 2); NaN outside the image or without camera."""
    if camera is None:
        return np.full((len(points), 2), np.nan, np.float32)
    pixels, _ = project(camera, points)
    last = np.array([camera.width, camera.height]) - 0.5  # the centre of the first pixel is 0
    outside = ~((pixels >= -0.5) & (pixels < last)).all(axis=1)
    pixels[outside] = np.nan
    return pixels
