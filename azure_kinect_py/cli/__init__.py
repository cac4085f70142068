# SPDX-License-Identifier: Apache-2.0
"""The command line: ``azure_kinect list``, ``info``, ``record``, ``compile`` and ``doctor``."""

from azure_kinect_py.cli.program import main

__all__ = ['main']
