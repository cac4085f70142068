# SPDX-License-Identifier: Apache-2.0
"""
CameraInfo of a camera in its mode.

K and D describe the image as it is published, lens distortion and all: ``cv2.projectPoints`` with
them gives the pixels that the vendor's SDK gives. Two things the message cannot say: the metric
radius, beyond which the vendor calls a pixel invalid; and the lens offset (codx, cody) and older
tangential term of cameras made before the retail ones, which put K and D a quarter of a pixel off.

P describes the image that ``image_proc`` makes of it, which is free to choose. It is K: the
undistorted image then has the scale and the centre of the published one. A P that keeps the whole
field of view would shrink it by 5 % (color) to 40 % (wide depth modes), and everything that reads
P but is shown the published image would be off by as much: RViz's camera view, point clouds made
by depth_image_proc, tag detectors. With K they are right in the middle and off by the distortion
elsewhere. Exact geometry of the published image needs K and D; of the undistorted one, P.
"""

from __future__ import annotations

import numpy as np
from sensor_msgs.msg import CameraInfo

from azure_kinect_py.data import CameraCalibration


def camera_info(camera: CameraCalibration, frame_id: str) -> CameraInfo:
    """
    Return the message of a camera; its stamp is for the caller to set.

    The model is ``rational_polynomial``, D = k1, k2, p1, p2, k3, k4, k5, k6; R is the identity.
    """
    c = camera
    matrix = np.array([[c.fx, 0.0, c.cx], [0.0, c.fy, c.cy], [0.0, 0.0, 1.0]])
    info = CameraInfo(width=c.width, height=c.height, distortion_model='rational_polynomial')
    info.header.frame_id = frame_id
    info.d = [c.k1, c.k2, c.p1, c.p2, c.k3, c.k4, c.k5, c.k6]
    info.k = matrix.ravel()
    info.r = np.eye(3).ravel()
    info.p = np.hstack([matrix, np.zeros((3, 1))]).ravel()
    return info
