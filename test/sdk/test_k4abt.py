# SPDX-License-Identifier: Apache-2.0
"""The binding of libk4abt, against a library with its ABI that the tests compile."""

import ctypes
import ctypes.util
import gc
import pathlib
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from helpers import k4a_stub, k4abt_stub, stub_control
from helpers.factory_calibration import raw_calibration

from azure_kinect_py.data import Capture, Image
from azure_kinect_py.errors import LibraryNotFound, TrackerError
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, ImageFormat
from azure_kinect_py.sdk import handles, k4a, k4abt, k4abt_functions
from azure_kinect_py.sdk.body_tracker import TrackerHandle
from azure_kinect_py.sdk.calibration import SdkCalibration
from azure_kinect_py.sdk.capture import CaptureHandle

MODE = DepthMode.NFOV_2X2BINNED
SHAPE = (288, 320)
WAIT = 10_000  # ms that nobody should need


@pytest.fixture
def stub():
    stub = k4a_stub.in_process()
    stub.reset([])
    before = handles.live()
    yield stub
    gc.collect()
    assert stub.handles() == {}
    assert handles.live() == before


@pytest.fixture
def library(stub):
    return k4abt.load(k4a_stub.library_folder())


@pytest.fixture
def images(stub):
    return k4a.load(k4a_stub.library_folder())


@pytest.fixture
def create(library, images):
    def create(**changes):
        options = {
            'orientation': 0,
            'processing_mode': 1,
            'gpu_device_id': 0,
            'model_path': str(k4abt.find_model('standard', k4a_stub.library_folder())),
        } | changes
        depth_mode = options.pop('depth_mode', MODE)
        struct = SdkCalibration.from_raw(
            images, raw_calibration(), depth_mode, ColorResolution.R720P
        ).struct
        return TrackerHandle.create(options.pop('library', library), images, struct, **options)

    return create


@pytest.fixture
def tracker(create):
    with create() as tracker:
        yield tracker


@pytest.fixture
def capture_of(images):
    def capture_of(number, *, ir=True):
        depth = Image(
            np.full(SHAPE, 1000 + number, np.uint16), ImageFormat.DEPTH16, 33333 * number, 0
        )
        infrared = Image(np.zeros(SHAPE, np.uint16), ImageFormat.IR16, 33333 * number, 0)
        capture = Capture(depth, infrared if ir else None)
        return CaptureHandle.from_data(images, capture, DeviceConfig(depth_mode=MODE))

    return capture_of


def feed(tracker, capture, timeout_ms=WAIT):
    with capture:
        return tracker.enqueue(capture, timeout_ms)


# ---- structures --------------------------------------------------------------------------------

LAYOUT = """
#include "k4abt_abi.h"
#include <stdio.h>
#define SHOW(type, field) \\
    printf("%zu %zu\\n", offsetof(type, field), sizeof(((type *)0)->field))
int main(void)
{
    SHOW(k4abt_tracker_configuration_t, sensor_orientation);
    SHOW(k4abt_tracker_configuration_t, processing_mode);
    SHOW(k4abt_tracker_configuration_t, gpu_device_id);
#ifndef K4ABT_1_0
    SHOW(k4abt_tracker_configuration_t, model_path);
#endif
    printf("0 %zu\\n", sizeof(k4abt_tracker_configuration_t));
    SHOW(k4abt_joint_t, position);
    SHOW(k4abt_joint_t, orientation);
    SHOW(k4abt_joint_t, confidence);
    printf("0 %zu\\n", sizeof(k4abt_joint_t));
}
"""


@pytest.mark.parametrize(
    ('structure', 'flags'),
    [
        (k4abt_functions.TrackerConfiguration, []),
        (k4abt_functions.TrackerConfiguration10, ['-DK4ABT_1_0']),
    ],
)
def test_structures_are_those_of_c(tmp_path, structure, flags):
    (tmp_path / 'layout.c').write_text(LAYOUT)
    program = tmp_path / 'layout'
    subprocess.run(
        ['cc', *flags, f'-I{stub_control.STUBS}', tmp_path / 'layout.c', '-o', program], check=True
    )
    lines = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    in_c = [tuple(map(int, line.split())) for line in lines.splitlines()]
    fields = [getattr(structure, name) for name, _ in structure._fields_]
    joint = k4abt_functions.SKELETON
    assert in_c == [
        *((field.offset, field.size) for field in fields),
        (0, ctypes.sizeof(structure)),
        *((joint.fields[name][1], joint[name].itemsize) for name in joint.names),
        (0, joint.itemsize),
    ]


@pytest.mark.parametrize('orientation', range(4))
@pytest.mark.parametrize('processing_mode', range(4))
def test_the_configuration_arrives_by_value(stub, create, orientation, processing_mode):
    model = str(k4abt.find_model('lite', k4a_stub.library_folder()))
    create(
        orientation=orientation,
        processing_mode=processing_mode,
        gpu_device_id=-3,
        model_path=model,
    ).close()
    (call,) = stub.calls('k4abt_tracker_create')
    assert call == (
        f'k4abt_tracker_create orientation={orientation} mode={processing_mode} gpu=-3 '
        f'depth=1 color=1 model={model}'
    )


def test_the_shorter_configuration_of_the_old_library_arrives(stub, create, tmp_path):
    k4abt_stub.build(tmp_path, k4abt_stub.OLD_STUB)
    old = k4abt.load(str(tmp_path))
    assert k4abt.is_old(old)
    create(library=old, orientation=2, processing_mode=1, gpu_device_id=5).close()
    assert stub.calls('k4abt_tracker_create') == [
        'k4abt_tracker_create orientation=2 mode=1 gpu=5 depth=1 color=1 model=(none)'
    ]


def test_an_old_library_under_another_name_is_recognised(library, tmp_path):
    assert not k4abt.is_old(library)
    built = stub_control.build(k4abt_stub.OLD_STUB, tmp_path)
    built.rename(tmp_path / 'libk4abt.so')
    assert k4abt.is_old(k4abt.load(str(tmp_path)))


# ---- frames ------------------------------------------------------------------------------------


def test_a_frame_tells_what_was_found(stub, tracker, capture_of):
    stub['k4abt.bodies'] = 3
    stub['k4abt.body1.id'] = 4_000_000_000
    capture = capture_of(7)
    assert tracker.enqueue(capture, WAIT)
    with tracker.pop(WAIT) as frame:
        assert frame.device_time_usec == 7 * 33333
        assert frame.body_count == 3
        assert [frame.body_id(index) for index in range(3)] == [1, 4_000_000_000, 3]
        for index in range(3):
            skeleton = frame.skeleton(index)
            positions, orientations, confidences = k4abt_stub.joints(7 * 33333, 1007, index)
            np.testing.assert_allclose(skeleton['position'], positions * 1000, atol=1e-4)
            np.testing.assert_array_equal(skeleton['orientation'][:, [1, 2, 3, 0]], orientations)
            np.testing.assert_array_equal(skeleton['confidence'], confidences)
        with frame.index_map() as image:
            np.testing.assert_array_equal(image.pixels(), k4abt_stub.index_map(SHAPE, 3))
        with frame.capture() as kept:
            assert kept._pointer.value == capture._pointer.value
        with pytest.raises(TrackerError, match='body_id'):
            frame.body_id(3)
        with pytest.raises(TrackerError, match='skeleton'):
            frame.skeleton(3)
    capture.close()


def test_a_frame_without_bodies(tracker, capture_of):
    feed(tracker, capture_of(1))
    with tracker.pop(WAIT) as frame:
        assert frame.body_count == 0
        with frame.index_map() as image:
            assert (image.pixels() == 255).all()


def test_frames_keep_their_capture(tracker, capture_of):
    feed(tracker, capture_of(5))
    frame = tracker.pop(WAIT)
    tracker.close()
    with frame.capture() as capture, capture.depth as depth:
        frame.close()
        assert (depth.pixels() == 1005).all()


def test_an_index_map_outlives_its_frame(stub, tracker, capture_of):
    stub['k4abt.bodies'] = 2
    feed(tracker, capture_of(1))
    with tracker.pop(WAIT) as frame:
        pixels = frame.index_map().pixels()
    del frame
    gc.collect()
    np.testing.assert_array_equal(pixels, k4abt_stub.index_map(SHAPE, 2))


def test_smoothing_is_passed_on(stub, tracker):
    tracker.set_smoothing(0.375)
    assert stub['k4abt.smoothing'] == 375_000


# ---- queue -------------------------------------------------------------------------------------


def test_the_queue_is_empty(tracker):
    assert tracker.pop(0) is None
    assert tracker.pop(20) is None


def test_the_queue_is_full_after_three_and_keeps_their_order(tracker, capture_of):
    for number in (1, 2, 3):
        assert feed(tracker, capture_of(number), 0)
    assert not feed(tracker, capture_of(4), 0)
    assert not feed(tracker, capture_of(4), 20)
    for number in (1, 2, 3):
        with tracker.pop(WAIT) as frame:
            assert frame.device_time_usec == number * 33333
    assert tracker.pop(0) is None
    assert feed(tracker, capture_of(5), 0)


@pytest.mark.parametrize('timeout_ms', [WAIT, -1])
def test_who_waits_goes_on_when_there_is_room_and_when_there_is_a_result(
    stub, tracker, capture_of, timeout_ms
):
    stub['k4abt.latency_usec'] = 2000
    times = []

    def pop():
        for _ in range(10):
            with tracker.pop(timeout_ms) as frame:
                times.append(frame.device_time_usec)

    reader = threading.Thread(target=pop)
    reader.start()
    for number in range(10):
        assert feed(tracker, capture_of(number), timeout_ms)
    reader.join(WAIT / 1000)
    assert times == [number * 33333 for number in range(10)]


def test_shutdown_refuses_drains_and_then_fails(stub, tracker, capture_of):
    stub['k4abt.latency_usec'] = 5000
    for number in (1, 2, 3):
        feed(tracker, capture_of(number))
    tracker.shut_down()
    with pytest.raises(TrackerError, match='enqueue'):
        feed(tracker, capture_of(4))
    for number in (1, 2, 3):
        with tracker.pop(WAIT) as frame:
            assert frame.device_time_usec == number * 33333
    with pytest.raises(TrackerError, match='pop'):
        tracker.pop(WAIT)


def test_shutdown_wakes_who_waits_for_a_result(stub, tracker):
    raised = []

    def pop():
        try:
            tracker.pop(-1)
        except TrackerError as error:
            raised.append(error)

    reader = threading.Thread(target=pop)
    reader.start()
    while not stub.count('k4abt_tracker_pop_result'):
        time.sleep(0.001)
    tracker.shut_down()
    reader.join(WAIT / 1000)
    assert len(raised) == 1


def test_shutdown_wakes_who_waits_for_room(stub, tracker, capture_of):
    for number in (1, 2, 3):
        feed(tracker, capture_of(number))
    raised = []

    def enqueue():
        try:
            feed(tracker, capture_of(4), -1)
        except TrackerError as error:
            raised.append(error)

    writer = threading.Thread(target=enqueue)
    writer.start()
    while stub.count('k4abt_tracker_enqueue_capture') < 4:
        time.sleep(0.001)
    tracker.shut_down()
    writer.join(WAIT / 1000)
    assert len(raised) == 1


def test_closing_with_frames_in_flight_gives_all_back(stub, create, capture_of):
    stub['k4abt.latency_usec'] = 5000
    tracker = create()
    for number in (1, 2, 3):
        feed(tracker, capture_of(number))
    frame = tracker.pop(WAIT)
    tracker.close()
    tracker.close()
    assert stub['handles.trackers'] == 0
    assert stub['handles.frames'] == 1
    frame.close()
    assert stub.handles() == {}


def test_a_forgotten_tracker_is_shut_down_and_then_destroyed(stub, create, capture_of):
    tracker = create()
    feed(tracker, capture_of(1))
    del tracker
    gc.collect()
    assert [call.strip() for call in stub.calls('k4abt_tracker_shutdown', 'k4abt_tracker_d')] == [
        'k4abt_tracker_shutdown',
        'k4abt_tracker_destroy',
    ]


def test_a_thousand_frames_leave_nothing_behind(stub, tracker, capture_of):
    stub['k4abt.bodies'] = 2
    for number in range(1000):
        feed(tracker, capture_of(number))
        frame = tracker.pop(WAIT)
        image = frame.index_map()
        frame.skeleton(1)
        if number % 2:  # the others are given back when they are forgotten
            image.close()
            frame.close()
        del frame, image
    gc.collect()
    assert stub.handles() == {'handles.trackers': 1}


# ---- failures ----------------------------------------------------------------------------------


def test_create_fails(stub, create):
    stub.fail('k4abt_tracker_create')
    with pytest.raises(TrackerError, match='k4abt_tracker_create failed'):
        create()


@pytest.mark.parametrize('depth_mode', [DepthMode.OFF, DepthMode.PASSIVE_IR])
def test_create_refuses_what_the_vendor_refuses(create, depth_mode):
    with pytest.raises(TrackerError):
        create(depth_mode=depth_mode)
    with pytest.raises(TrackerError):
        create(model_path='/nowhere.onnx')


def test_enqueue_fails(stub, tracker, capture_of):
    stub.fail('k4abt_tracker_enqueue_capture', times=1)
    with pytest.raises(TrackerError, match='k4abt_tracker_enqueue_capture failed'):
        feed(tracker, capture_of(1))
    with pytest.raises(TrackerError, match='k4abt_tracker_enqueue_capture failed'):
        feed(tracker, capture_of(1, ir=False))
    assert feed(tracker, capture_of(2))


def test_enqueue_times_out(stub, tracker, capture_of):
    stub.fail('k4abt_tracker_enqueue_capture', 2)
    assert feed(tracker, capture_of(1)) is False


def test_pop_fails(stub, tracker, capture_of):
    feed(tracker, capture_of(1))
    stub.fail('k4abt_tracker_pop_result', times=1)
    with pytest.raises(TrackerError, match='k4abt_tracker_pop_result failed'):
        tracker.pop(WAIT)
    tracker.pop(WAIT).close()


@pytest.mark.parametrize(
    ('function', 'call'),
    [
        ('k4abt_frame_get_body_skeleton', lambda frame: frame.skeleton(0)),
        ('k4abt_frame_get_body_id', lambda frame: frame.body_id(0)),
        ('k4abt_frame_get_body_index_map', lambda frame: frame.index_map()),
        ('k4abt_frame_get_capture', lambda frame: frame.capture()),
    ],
)
def test_reading_a_frame_fails(stub, tracker, capture_of, function, call):
    stub['k4abt.bodies'] = 1
    feed(tracker, capture_of(1))
    frame = tracker.pop(WAIT)
    stub.fail(function)
    with pytest.raises(TrackerError, match=function):
        call(frame)
    frame.close()


# ---- library and models ------------------------------------------------------------------------


if_not_installed = pytest.mark.skipif(
    ctypes.util.find_library('k4abt') is not None, reason='libk4abt is installed here'
)


def elsewhere(code, folder):
    """Return what a new process prints, in which no library was loaded before."""
    root = pathlib.Path(__file__).parents[2]
    program = [sys.executable, '-c', code, str(folder)]
    return subprocess.run(program, check=True, capture_output=True, text=True, cwd=root).stdout


@if_not_installed
def test_a_missing_library_says_what_to_install(tmp_path):
    said = elsewhere(
        'import sys\n'
        'from azure_kinect_py.errors import LibraryNotFound\n'
        'from azure_kinect_py.sdk import k4abt\n'
        'try: k4abt.load(sys.argv[1])\n'
        'except LibraryNotFound as error: print(error)\n',
        tmp_path,
    )
    for words in ('libk4abt.so.1.1', str(tmp_path), 'Install libk4abt1.1', 'sdk_library_path'):
        assert words in said


def test_a_library_that_lacks_a_function(tmp_path):
    source = tmp_path / 'empty.c'
    source.write_text('void k4abt_frame_release(void *frame) { (void)frame; }')
    subprocess.run(
        ['cc', '-shared', '-fPIC', source, '-o', tmp_path / 'libk4abt.so.1.1'], check=True
    )
    with pytest.raises(LibraryNotFound, match=r'lacks .*k4abt_tracker_create'):
        k4abt.load(str(tmp_path))


@pytest.mark.parametrize(('name', 'file'), [*k4abt.MODELS.items()])
def test_models_are_found_by_name(name, file, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / file).touch()  # of the current directory, which does not count
    folder = pathlib.Path(k4a_stub.library_folder())
    assert k4abt.find_model(name, str(folder)) == folder / file


def test_a_model_by_path_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'own.onnx').touch()
    assert k4abt.find_model('own.onnx') == tmp_path / 'own.onnx'


def test_a_model_by_path_that_is_not_there():
    with pytest.raises(TrackerError, match=r'body_tracking_model_path.*nowhere\.onnx') as caught:
        k4abt.find_model('/nowhere.onnx')
    assert 'standard, lite' in caught.value.hint


@if_not_installed
def test_a_missing_model_says_where_it_was_looked_for(tmp_path):
    said = elsewhere(
        'import sys\n'
        'from azure_kinect_py.errors import TrackerError\n'
        'from azure_kinect_py.sdk import k4abt\n'
        'try: k4abt.find_model("lite", sys.argv[1])\n'
        'except TrackerError as error: print(error)\n',
        tmp_path,
    )
    assert 'the lite model' in said
    assert f'{tmp_path}/dnn_model_2_0_lite_op11.onnx' in said
    assert '/usr/bin/dnn_model_2_0_lite_op11.onnx' in said
