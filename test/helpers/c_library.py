# SPDX-License-Identifier: Apache-2.0
"""Libraries that a test writes in C."""

import shutil
import subprocess

COMPILER = shutil.which('cc') or shutil.which('gcc') or 'cc'


def build(path, source):
    """Compile C text into the shared library ``path``."""
    subprocess.run(
        [COMPILER, '-shared', '-fPIC', '-x', 'c', '-', '-o', str(path)],
        input=source.encode(),
        check=True,
    )
    return path
