# SPDX-License-Identifier: Apache-2.0
"""With numba switched off, for debuggers and coverage, the kernels give the same."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

PROGRAM = Path(__file__).parents[1] / 'helpers' / 'every_kernel.py'


def images(path, **environment):
    subprocess.run(
        [sys.executable, PROGRAM, path],
        env={**os.environ, 'PYTHONPATH': os.pathsep.join(sys.path), **environment},
        check=True,
        timeout=120,
    )
    with np.load(path) as file:
        return dict(file)


def test_gives_the_same(tmp_path):
    compiled = images(tmp_path / 'compiled.npz')
    plain = images(tmp_path / 'plain.npz', NUMBA_DISABLE_JIT='1')
    assert len(compiled) == 6
    for name, image in compiled.items():
        assert (image > 0).mean() > 0.8
        assert np.abs(image.astype(int) - plain[name]).max() <= 1, name
