# SPDX-License-Identifier: Apache-2.0
"""
Checks the structure of a recording before the vendor's parser sees it.

That parser takes sizes, counts and positions in the file at their word: one flipped bit in them
makes it crash or loop, and the process with it. Here every element of the file is walked over,
without its pixels, and what does not add up is refused. It takes one small read for each image.
"""

from azure_kinect_py.sources.matroska.checker import check
from azure_kinect_py.sources.matroska.reader import Damaged

__all__ = ['Damaged', 'check']
