# SPDX-License-Identifier: Apache-2.0
"""What kernels become on processors with AVX2 but without AVX-512, which most are."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from llvmlite import binding as llvm

needs_avx2 = pytest.mark.skipif(
    not llvm.get_host_cpu_features().get('avx2'), reason='the processor has no AVX2'
)


def words_of(program):
    """Run a program whose kernels are compiled for such a processor; return what it prints."""
    done = subprocess.run(
        [sys.executable, '-c', program],
        env={**os.environ, 'NUMBA_CPU_NAME': 'haswell'},
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.split()
