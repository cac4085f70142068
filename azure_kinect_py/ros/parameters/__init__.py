# SPDX-License-Identifier: Apache-2.0
"""
The parameters of the driver: one table that declares, bounds, validates and documents them.

Nothing here needs ROS but :mod:`~azure_kinect_py.ros.parameters.declaration`, so that launch files
and documentation tools can read the table anywhere.
"""

from azure_kinect_py.ros.parameters.checks import check, check_outputs
from azure_kinect_py.ros.parameters.rows import Parameter, Value
from azure_kinect_py.ros.parameters.settings import ROWS, TABLE, Settings, suggestion

__all__ = [
    'ROWS',
    'TABLE',
    'Parameter',
    'Settings',
    'Value',
    'check',
    'check_outputs',
    'suggestion',
]
