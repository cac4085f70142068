# SPDX-License-Identifier: Apache-2.0
"""The four families of results, and the log lines that an error carries."""

import ctypes
import threading

import pytest
from helpers import c_library

from azure_kinect_py.errors import DeviceError, KinectError, RecordingError, TrackerError
from azure_kinect_py.sdk import k4a, loader
from azure_kinect_py.sdk.results import BufferResult, Result, StreamResult, WaitResult

FAMILIES = {
    'k4a_device_open': Result,
    'k4a_device_get_serialnum': BufferResult,
    'k4a_device_get_capture': WaitResult,
    'k4a_playback_get_next_capture': StreamResult,
    'k4a_record_create': Result,
    'k4abt_tracker_create': Result,
    'k4a_image_create': Result,
    'k4a_image_get_size': ctypes.c_size_t,
}


@pytest.fixture(scope='module')
def echo(tmp_path_factory):
    """A library whose functions return their argument."""
    folder = tmp_path_factory.mktemp('echo')
    source = ''.join(f'int {name}(int value) {{ return value; }}\n' for name in FAMILIES)
    c_library.build(folder / 'libecho.so', source)
    table = {name: (family, ctypes.c_int) for name, family in FAMILIES.items()}
    return loader.load(loader.Spec('libecho', (), table, ''), str(folder))


@pytest.mark.parametrize('name', [name for name in FAMILIES if name != 'k4a_image_get_size'])
def test_success_is_true(echo, name):
    assert getattr(echo, name)(0) is True


@pytest.mark.parametrize(
    ('name', 'error'),
    [
        ('k4a_device_open', DeviceError),
        ('k4a_device_get_serialnum', DeviceError),
        ('k4a_device_get_capture', DeviceError),
        ('k4a_playback_get_next_capture', RecordingError),
        ('k4a_record_create', RecordingError),
        ('k4abt_tracker_create', TrackerError),
        ('k4a_image_create', KinectError),
    ],
)
def test_failure_raises_the_error_of_its_part(echo, name, error):
    with pytest.raises(KinectError, match=f'{name} failed') as caught:
        getattr(echo, name)(1)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    'name', ['k4a_device_get_serialnum', 'k4a_device_get_capture', 'k4a_playback_get_next_capture']
)
def test_the_third_outcome_is_false(echo, name):
    assert getattr(echo, name)(2) is False


def test_an_unknown_result_is_a_failure(echo):
    with pytest.raises(DeviceError):
        echo.k4a_device_open(7)
    with pytest.raises(DeviceError):
        echo.k4a_device_get_capture(7)


def test_other_results_pass(echo):
    assert echo.k4a_image_get_size(7) == 7


def test_errors_carry_the_lines_of_their_own_call():
    library = k4a.load()
    image = ctypes.c_void_p()
    library.k4a_image_release(None)  # logs a line, and has no result
    with pytest.raises(KinectError) as caught:
        library.k4a_image_create(0, 64, 64, 0, ctypes.byref(image))
    log = '\n'.join(caught.value.log)
    assert 'k4a_image_create' in log or 'image_create' in log
    assert 'release' not in log
    assert f'  sdk: {caught.value.log[0]}' in str(caught.value)


def test_errors_carry_no_lines_of_other_threads():
    library = k4a.load()
    image = ctypes.c_void_p()
    stop = threading.Event()

    def noise():
        while not stop.is_set():
            library.k4a_image_release(None)

    thread = threading.Thread(target=noise)
    thread.start()
    try:
        for _ in range(20):
            with pytest.raises(KinectError) as caught:
                library.k4a_image_create(0, 64, 64, 0, ctypes.byref(image))
            assert 'release' not in ''.join(caught.value.log)
    finally:
        stop.set()
        thread.join()
