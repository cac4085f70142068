# SPDX-License-Identifier: Apache-2.0
"""libk4a: where it comes from, and loading it."""

from __future__ import annotations

import ctypes
import functools
import pathlib

from azure_kinect_py.sdk import log
from azure_kinect_py.sdk.k4a_functions import K4A, ORBBEC
from azure_kinect_py.sdk.loader import Library, Spec
from azure_kinect_py.sdk.loader import load as load_library

HINT = (
    'Install libk4a1.4 from the vendor, which has libk4arecord too, or the wheel '
    'pyk4a-bundle==1.5.0 (the libk4a of 1.5.0.1 cannot be loaded); or name their folder in '
    'sdk_library_path.'
)
COMPANIONS = ('libudev-*.so*', 'libOrbbecSDK.so*')

SPEC = Spec(
    name='libk4a',
    sonames=('libk4a.so.1.4', 'libk4a.so'),
    signatures=K4A,
    optional=ORBBEC,
    companions=COMPANIONS,
    hint=HINT,
)


@functools.cache
def load(library_path: str = '') -> Library:
    """
    Load libk4a, once for each folder.

    :raises LibraryNotFound: listing where it was looked for, and what to install.
    """
    library = load_library(SPEC, library_path)
    log.attach(library)
    engine = depth_engine(library)
    if engine:
        # libk4a asks for it by its bare name, which finds what is loaded already.
        try:
            ctypes.CDLL(str(engine))
        except OSError:  # no OpenGL or X11: only depth streaming needs it, and says so
            return library
    return library


def depth_engine(library: Library) -> pathlib.Path | None:
    """Return the depth engine that lies beside a library, where the vendor's packages put it."""
    folder = pathlib.Path(library.path).parent
    for place in (folder, folder / 'libk4a1.4', folder / 'extensions' / 'depthengine'):
        for engine in place.glob('libdepthengine.so*'):
            return engine
    return None
