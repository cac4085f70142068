# SPDX-License-Identifier: Apache-2.0
"""libk4arecord: where it comes from, and loading it."""

from __future__ import annotations

import functools

from azure_kinect_py.sdk import log
from azure_kinect_py.sdk.k4a import COMPANIONS, HINT
from azure_kinect_py.sdk.k4a_functions import CALIBRATIONS, DATA, ORBBEC
from azure_kinect_py.sdk.k4arecord_functions import K4ARECORD
from azure_kinect_py.sdk.loader import Library, Spec
from azure_kinect_py.sdk.loader import load as load_library

# The functions of captures and images are taken through libk4arecord from the very libk4a that
# it is linked with: another one's captures would be strangers to it.
SPEC = Spec(
    name='libk4arecord',
    sonames=('libk4arecord.so.1.4', 'libk4arecord.so'),
    signatures={**DATA, **CALIBRATIONS, **K4ARECORD},
    optional=ORBBEC,
    companions=(*COMPANIONS, 'libk4a.so*', 'libk4a-*.so*'),
    hint=HINT,
)


@functools.cache
def load(library_path: str = '') -> Library:
    """
    Load libk4arecord, once for each folder; it brings captures and images with it.

    :raises LibraryNotFound: listing where it was looked for, and what to install.
    """
    library = load_library(SPEC, library_path)
    log.attach(library)
    log.attach_record(library)
    return library
