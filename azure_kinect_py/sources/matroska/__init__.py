# SPDX-License-Identifier: Apache-2.0
"""
Checks the structure of a recording before the vendor's parser sees it, and reads IMU samples.

That parser takes sizes, counts and positions in the file at their word: one flipped bit in them
makes it crash or loop, and the process with it. Here every element of the file is walked over,
without its pixels, and what does not add up is refused. It takes one small read for each image.

On the way it is noted where the IMU samples are, so that they can be read alone. The vendor's
parser reads the images around them as well, whole: fifteen times the work.
"""

from azure_kinect_py.sources.matroska.checker import check
from azure_kinect_py.sources.matroska.imu import ImuBlocks, ImuReader
from azure_kinect_py.sources.matroska.reader import Damaged
from azure_kinect_py.sources.matroska.tracks import leading_number

__all__ = ['Damaged', 'ImuBlocks', 'ImuReader', 'check', 'leading_number']
