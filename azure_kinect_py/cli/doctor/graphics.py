# SPDX-License-Identifier: Apache-2.0
"""
Checks of OpenGL and the display, which the vendor's depth engine needs for a live camera.

Nothing else does: recordings, the simulated camera and all of this driver's own computing work
without.
"""

from __future__ import annotations

import re

from azure_kinect_py.cli.doctor.report import Finding, Machine, Status, ok
from azure_kinect_py.errors import LibraryNotFound
from azure_kinect_py.sdk import k4a

ONLY_LIVE = 'only depth of a live camera needs it'
HEADLESS = (
    'The depth engine of a live camera fails with error 204 without one. On a robot let an X '
    'server run on the GPU (automatic login) and export DISPLAY=:0; a virtual one works slowly: '
    'xvfb-run -s "-screen 0 1280x720x24". See docs/troubleshooting.md.'
)
NEEDED = ('libGL.so.1', 'libX11.so.6')


def check_depth_engine(machine: Machine) -> list[Finding]:
    """Look for the vendor's depth engine and for the libraries that it is linked with."""
    try:
        engine = k4a.depth_engine(k4a.load(machine.library_path))
    except LibraryNotFound:
        return []  # the check of libraries says so
    place = engine or machine.library('libdepthengine.so.2.0')
    if place is None:
        remedy = 'Install libk4a1.4 from the vendor, which brings libdepthengine.so.2.0.'
        return [Finding(machine.trouble, 'depth engine', f'not found ({ONLY_LIVE})', remedy)]
    missing = [name for name in NEEDED if machine.library(name) is None]
    if missing:
        text = f'{place} needs {", ".join(missing)} ({ONLY_LIVE})'
        return [Finding(machine.trouble, 'depth engine', text, 'sudo apt install libgl1 libx11-6')]
    return [ok('depth engine', str(place))]


def check_display(machine: Machine) -> list[Finding]:
    """Look for the display that the depth engine opens its OpenGL context on."""
    display = machine.environ.get('DISPLAY', '')
    if not display:
        return [Finding(machine.trouble, 'display', f'DISPLAY is not set ({ONLY_LIVE})', HEADLESS)]
    local = re.fullmatch(r':(\d+)(\.\d+)?', display)
    if not local:
        text = f'DISPLAY={display} is on another machine or forwarded by ssh ({ONLY_LIVE})'
        return [Finding(machine.trouble, 'display', text, HEADLESS)]
    if not (machine.root / 'tmp' / '.X11-unix' / f'X{local[1]}').exists():
        text = f'DISPLAY={display}, where no X server runs ({ONLY_LIVE})'
        return [Finding(machine.trouble, 'display', text, HEADLESS)]
    return [ok('display', f'DISPLAY={display}')]


def check_gpu(machine: Machine) -> list[Finding]:
    """Look for a GPU, without which OpenGL is computed on the CPU."""
    nodes = [*(machine.root / 'dev' / 'dri').glob('renderD*')]
    nodes += (machine.root / 'dev').glob('nvidia[0-9]')
    if nodes:
        return [ok('GPU', ', '.join(node.name for node in sorted(nodes)))]
    remedy = (
        'The depth engine then computes in software (llvmpipe), too slow for 30 fps. In a '
        'container pass the GPU in: --device /dev/dri, or --gpus all.'
    )
    return [Finding(Status.WARN, 'GPU', f'none ({ONLY_LIVE})', remedy)]
