# SPDX-License-Identifier: Apache-2.0
"""
Cameras without hardware: libk4a with device functions that a test steers.

``library_folder()`` is what ``sdk_library_path`` gets; it holds the tracker of k4abt_stub too.
Captures, images and calibrations are the
real libk4a's, so that recordings and trackers take them. Example::

    stub = CameraStub(tmp_path / 'control', serials=['000123'])
    driver = subprocess.Popen([...], env=os.environ | stub.environment)
    stub.unplug()          # the cable
    stub.plug_in()
    stub['device0.stall'] = 1
"""

import atexit
import dataclasses
import functools
import os
import pathlib
import shutil
import tempfile

import cv2
import numpy as np
from helpers import k4abt_stub, stub_control
from helpers.factory_calibration import raw_calibration

STUB = stub_control.Stub(
    'libk4a.so.1.4',
    (
        'k4a_controls.c',
        'k4a_device.c',
        'k4a_frames.c',
        'k4a_handles.c',
        'k4a_log.c',
        'k4a_streaming.c',
        'k4a_validation.c',
    ),
    linked=True,
)


@functools.cache
def library_folder():
    """Return a folder with the stubs of libk4a and libk4abt, built once in a run of the tests."""
    folder = _new_folder()
    stub_control.build(STUB, folder)
    k4abt_stub.build(folder)
    return folder


@functools.cache
def orbbec_folder():
    """Return a folder with the stub of Orbbec's libk4a; set ``device<n>.femto`` too."""
    folder = _new_folder()
    sources = (*STUB.sources, 'k4a_orbbec.c')
    stub_control.build(dataclasses.replace(STUB, sources=sources), folder)
    return folder


def _new_folder():
    folder = tempfile.mkdtemp(prefix='k4a_stub')
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@functools.cache
def in_process():
    """Return the cameras of this process, where the library is loaded once; reset them first."""
    stub = CameraStub(pathlib.Path(library_folder()) / 'control')
    os.environ.update(stub.environment)
    return stub


class CameraStub(stub_control.StubControl):
    """Cameras on the bus, healthy until told otherwise."""

    def __init__(self, path, serials=('000123456000',), calibration=None, size=(1280, 720)):
        super().__init__(path)
        self._calibration = self.path.with_suffix('.json')
        self._jpeg = self.path.with_suffix('.jpg')
        self._calibration.write_bytes(calibration or raw_calibration())
        self._jpeg.write_bytes(jpeg(size))
        self.reset(serials)

    def reset(self, serials=('000123456000',)):
        """Back to healthy cameras with these serial numbers; everything counts from 0."""
        super().reset()
        self['devices'] = len(serials)
        for number, serial in enumerate(serials):
            self[f'device{number}.serial'] = serial
        self['calibration'] = str(self._calibration)
        self['jpeg'] = str(self._jpeg)

    def unplug(self, number=0):
        """Pull the cable: the camera is lost for those who hold it, and not found any more."""
        self[f'device{number}.generation'] += 1
        self[f'device{number}.unplugged'] = 1

    def plug_in(self, number=0):
        """Put the cable back; those who held the camera must open it anew."""
        self[f'device{number}.unplugged'] = 0

    def config(self, number=0):
        """Return the configuration that start_cameras was given, by field."""
        prefix = f'device{number}.config.'
        entries = self._block['entries']
        return {
            entry['name'].decode().removeprefix(prefix): int(entry['value'])
            for entry in entries[entries['state'] == 2]
            if entry['name'].startswith(prefix.encode())
        }


def depth_pixels(frame, size=(640, 576)):
    """Return the depth image of a frame, as k4a_frames.c makes it."""
    u, v = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return (1000 + ((u + 2 * v + frame) & 1023)).astype(np.uint16)


def ir_pixels(frame, size=(640, 576)):
    """Return the infrared image of a frame."""
    u, v = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    return ((3 * u + v + frame) & 0xFFFF).astype(np.uint16)


def jpeg_frame(data):
    """Return the number of the frame that a JPEG of the stub belongs to."""
    data = bytes(data)
    assert data[2:6] == b'\xff\xfe\x00\x06'
    return int.from_bytes(data[6:10], 'big')


def jpeg(size):
    """Return a JPEG with a gradient."""
    row = np.linspace(0, 255, size[0]).astype(np.uint8)
    picture = np.broadcast_to(row[None, :, None], (size[1], size[0], 3)).copy()
    picture[..., 1] = np.linspace(0, 255, size[1]).astype(np.uint8)[:, None]
    return cv2.imencode('.jpg', picture)[1].tobytes()
