# SPDX-License-Identifier: Apache-2.0
"""Images of one frame after another reuse memory, instead of faulting in new pages each time."""

import subprocess
import sys

FRAMES = 50
MEGABYTES = 8
PROGRAM = f"""
import resource
from azure_kinect_py.sdk.memory import keep_large_blocks
import numpy as np
assert keep_large_blocks()
np.ones({MEGABYTES} << 20, np.uint8)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range({FRAMES}):
    np.ones({MEGABYTES} << 20, np.uint8)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def test_large_blocks_are_reused():
    run = subprocess.run(
        [sys.executable, '-c', PROGRAM], capture_output=True, text=True, check=True, timeout=60
    )
    pages_of_one_frame = (MEGABYTES << 20) // 4096
    assert int(run.stdout) < pages_of_one_frame
