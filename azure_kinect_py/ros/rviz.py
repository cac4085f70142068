# SPDX-License-Identifier: Apache-2.0
"""The RViz configuration, fitted to how a driver is launched."""

from __future__ import annotations

from collections.abc import Mapping

from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.ros.parameters import ROWS

_NAMESPACE = '/k4a/'
_FIXED_FRAME = 'Fixed Frame: {}\n'
_DEPTH_RANGE_MM = 'Max Value: 5000\n'
_DEPTH_RANGE_M = 'Max Value: 5\n'


def fitted(configuration: str, namespace: str, values: Mapping[str, object]) -> str:
    """
    Return the configuration for a driver in this namespace, with these parameters.

    :param configuration: Text of ``azure_kinect.rviz``, which is for a driver with the defaults.
    :param values: Parameters that are set; others have their defaults.
    :raises ConfigError: when a parameter is not possible.
    """

    def value(name: str) -> str:
        return str(ROWS[name].parse(values.get(name, ROWS[name].default)))

    namespace = namespace.strip('/')
    text = configuration.replace(_NAMESPACE, f'/{namespace}/' if namespace else '/')
    base = Frames(value('tf_prefix'), value('frame_convention')).base
    text = text.replace(_FIXED_FRAME.format(Frames().base), _FIXED_FRAME.format(base))
    if value('depth_unit') == '32FC1':
        text = text.replace(_DEPTH_RANGE_MM, _DEPTH_RANGE_M)
    return text
