# SPDX-License-Identifier: Apache-2.0
"""The vendor's tracker behind the interface, against a library that the tests steer."""

import gc
import threading
import time

import numpy as np
import pytest
from helpers import k4a_stub, k4abt_stub, recordings
from helpers.factory_calibration import raw_calibration

from azure_kinect_py.data import Capture, Image
from azure_kinect_py.errors import ConfigError, StreamEnded, TrackerError
from azure_kinect_py.geometry.calibration import parse_calibration
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, ImageFormat
from azure_kinect_py.sdk import handles, k4abt_runtime
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.trackers import TrackerOptions, open_tracker

MODE = DepthMode.NFOV_2X2BINNED
SHAPE = (288, 320)
CALIBRATION = parse_calibration(raw_calibration(), MODE, ColorResolution.R720P)
LONG = 10.0  # seconds that nobody should need


@pytest.fixture
def stub():
    stub = k4a_stub.in_process()
    stub.reset([])
    stub['k4abt.bodies'] = 1
    before = handles.live()
    yield stub
    gc.collect()
    assert stub.handles() == {}
    assert handles.live() == before


def options(**changes):
    folder = k4a_stub.library_folder()
    return TrackerOptions(depth_mode=MODE, sdk_library_path=folder, **changes)


def start(**changes):
    tracker = open_tracker(options(**changes))
    tracker.start(CALIBRATION)
    return tracker


@pytest.fixture
def tracker(stub):
    with start() as tracker:
        yield tracker


def capture_of(number, *, lacking=(), on_close=None):
    """Return a capture as the simulated camera makes them: without a handle of the SDK."""
    depth = np.full(SHAPE, 1000 + number, np.uint16)
    time_usec = 33333 * number
    return Capture(
        None if 'depth' in lacking else Image(depth, ImageFormat.DEPTH16, time_usec, 0),
        None if 'ir' in lacking else Image(depth * 3, ImageFormat.IR16, time_usec, 0),
        on_close=on_close,
    )


def check_bodies(tracked, count=1):
    """Compare every joint with what the library finds in that capture."""
    capture, frame = tracked
    height, width = capture.depth.shape
    depth_mm = int(capture.depth[height // 2, width // 2])
    assert frame.device_time_usec == capture.device_time_usec
    assert len(frame.bodies) == count
    for number, body in enumerate(frame.bodies):
        expected = k4abt_stub.joints(frame.device_time_usec, depth_mm, number)
        np.testing.assert_allclose(body.positions, expected[0], atol=1e-6)
        np.testing.assert_allclose(body.orientations, expected[1], atol=1e-7)
        np.testing.assert_array_equal(body.confidences, expected[2])
        assert body.positions.dtype == body.orientations.dtype == np.float64
        assert body.confidences.dtype == np.uint8
    np.testing.assert_array_equal(frame.index_map, k4abt_stub.index_map((height, width), count))


# ---- options -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('changes', 'written'),
    [
        ({'processing_mode': 'gpu'}, 'mode=0'),
        ({'processing_mode': 'cpu'}, 'mode=1'),
        ({'processing_mode': 'gpu_cuda'}, 'mode=2'),
        ({'processing_mode': 'gpu_tensorrt'}, 'mode=3'),
        ({'sensor_orientation': 'default'}, 'orientation=0'),
        ({'sensor_orientation': 'clockwise90'}, 'orientation=1'),
        ({'sensor_orientation': 'counterclockwise90'}, 'orientation=2'),
        ({'sensor_orientation': 'flip180'}, 'orientation=3'),
        ({'gpu_device_id': 2}, 'gpu=2'),
        ({}, '/dnn_model_2_0_op11.onnx'),
        ({'model_path': 'lite'}, '/dnn_model_2_0_lite_op11.onnx'),
    ],
)
def test_every_option_reaches_the_library(stub, changes, written):
    tracker = start(**changes)
    assert tracker.name == 'k4abt'
    assert tracker.processing_mode == changes.get('processing_mode', 'gpu')
    (call,) = stub.calls('k4abt_tracker_create')
    assert written in call
    assert 'depth=1 ' in call
    assert 'model=/' in call
    tracker.close()


def test_smoothing_at_the_start_and_while_running(stub):
    tracker = open_tracker(options(smoothing=0.25))
    tracker.set_smoothing(0.5)
    tracker.start(CALIBRATION)
    assert stub['k4abt.smoothing'] == 500_000
    tracker.set_smoothing(1.0)
    assert stub['k4abt.smoothing'] == 1_000_000
    with pytest.raises(ConfigError, match=r'body_tracking_smoothing_factor: 1\.5 .*0\.0 to 1\.0'):
        tracker.set_smoothing(1.5)
    tracker.close()
    tracker.set_smoothing(0.0)
    assert stub['k4abt.smoothing'] == 1_000_000


def test_the_old_library_refuses_what_it_cannot_do(stub, tmp_path):
    k4abt_stub.build(tmp_path, k4abt_stub.OLD_STUB)
    old = {'sdk_library_path': str(tmp_path), 'depth_mode': MODE}
    for changes, says in (
        ({'processing_mode': 'gpu_cuda'}, 'libk4abt 1.0 cannot do gpu_cuda; allowed are gpu, cpu'),
        ({'model_path': 'lite'}, 'one model only, not lite'),
    ):
        with pytest.raises(ConfigError, match=says):
            open_tracker(TrackerOptions(**old, **changes))
    with open_tracker(TrackerOptions(**old, processing_mode='cpu')) as tracker:
        tracker.start(CALIBRATION)
        assert tracker.enqueue(capture_of(3), LONG)
        check_bodies(tracker.pop(LONG))


# ---- captures in, bodies out -------------------------------------------------------------------


@pytest.mark.parametrize('count', [0, 1, 6])
def test_captures_of_the_simulated_camera(stub, tracker, count):
    stub['k4abt.bodies'] = count
    for number in (1, 2):
        capture = capture_of(number)
        assert tracker.enqueue(capture, LONG)
        tracked = tracker.pop(LONG)
        assert tracked.capture is capture
        check_bodies(tracked, count)


def test_ids_are_the_trackers_and_the_map_has_indices(stub, tracker):
    stub['k4abt.bodies'], stub['k4abt.body0.id'], stub['k4abt.body1.id'] = 2, 300, 7
    tracker.enqueue(capture_of(1), LONG)
    _, frame = tracker.pop(LONG)
    assert [body.id for body in frame.bodies] == [300, 7]
    assert set(np.unique(frame.index_map)) == {0, 1, 255}


def handles_given(stub):
    """Return the pointers of the captures that the library was given."""
    calls = stub.calls('k4abt_tracker_enqueue_capture')
    return [int(call.split()[1], 16) for call in calls]


def test_captures_of_a_camera_go_in_by_their_own_handle(stub):
    stub.reset()
    stub['k4abt.bodies'] = 2
    with (
        open_source(
            SourceOptions(source='device', sdk_library_path=k4a_stub.library_folder())
        ) as source,
        open_tracker(TrackerOptions(sdk_library_path=k4a_stub.library_folder())) as tracker,
    ):
        tracker.start(source.calibration)
        given = []
        for _ in range(5):
            capture = source.capture()
            given.append(capture.handle._pointer.value)
            assert tracker.enqueue(capture, LONG)
            tracked = tracker.pop(LONG)
            assert tracked.capture is capture
            check_bodies(tracked, 2)
            capture.close()
        assert handles_given(stub) == given
        del capture, tracked


def test_a_recording_joint_by_joint(stub, tmp_path):
    recording = recordings.record(tmp_path / 'walk.mkv', count=20)
    stub['k4abt.bodies'] = 3
    options = SourceOptions(recording_file=recording.path, playback_rate=0.0)
    with open_source(options) as source, start() as tracker:
        given = []
        for written in recording.captures:
            capture = source.capture()
            given.append(capture.handle._pointer.value)
            assert tracker.enqueue(capture, LONG)
            tracked = tracker.pop(LONG)
            np.testing.assert_array_equal(tracked.capture.depth, written.depth)
            assert tracked.capture.device_time_usec == written.device_time_usec
            check_bodies(tracked, 3)
            capture.close()
        assert handles_given(stub) == given
        with pytest.raises(StreamEnded):
            source.capture()
        del capture, tracked


def test_nothing_is_lost_and_the_order_is_kept(stub, tracker):
    """The vendor's synchronous pattern, feeding and popping in two threads."""
    stub['k4abt.latency_usec'] = 500
    times = []

    def pop():
        while len(times) < 100:
            tracked = tracker.pop(LONG)
            check_bodies(tracked)
            times.append(tracked.bodies.device_time_usec)

    reader = threading.Thread(target=pop)
    reader.start()
    for number in range(100):
        assert tracker.enqueue(capture_of(number), LONG)
    reader.join(LONG)
    assert times == [33333 * number for number in range(100)]


def test_a_full_queue_leaves_the_capture_with_its_owner(tracker):
    """The vendor's realtime pattern: what does not go in now is dropped by the caller."""
    closed = []
    taken = [
        tracker.enqueue(capture_of(number, on_close=lambda n=number: closed.append(n)), 0)
        for number in range(5)
    ]
    assert taken == [True, True, True, False, False]
    assert closed == []
    for number in range(3):
        assert tracker.pop(LONG).bodies.device_time_usec == 33333 * number
    assert tracker.pop(0) is None
    assert closed == []


def test_an_index_map_outlives_frame_and_tracker(stub):
    tracker = start()
    tracker.enqueue(capture_of(1), LONG)
    _, frame = tracker.pop(LONG)
    tracker.close()
    np.testing.assert_array_equal(frame.index_map, k4abt_stub.index_map(SHAPE, 1))


def test_a_thousand_captures_leave_nothing_behind(stub, tracker):
    for number in range(1000):
        tracker.enqueue(capture_of(number), LONG)
        tracker.pop(LONG)
    gc.collect()
    assert stub.handles() == {'handles.trackers': 1}


@pytest.mark.parametrize(('lacking', 'says'), [('depth', 'a depth'), ('ir', 'an infrared')])
def test_a_capture_that_lacks_an_image_is_refused_and_harms_nothing(tracker, lacking, says):
    with pytest.raises(TrackerError, match=f'lacks {says} image'):
        tracker.enqueue(capture_of(1, lacking=(lacking,)), LONG)
    assert tracker.enqueue(capture_of(2), LONG)
    check_bodies(tracker.pop(LONG))


# ---- failures ----------------------------------------------------------------------------------


def test_a_start_that_fails_says_why_and_what_to_do(stub, monkeypatch):
    monkeypatch.setattr(k4abt_runtime, 'missing', lambda _mode: ['libcudnn.so.8'])
    stub.fail('k4abt_tracker_create', times=1, log='Failed to load CUDA provider')
    tracker = open_tracker(options(processing_mode='gpu_cuda'))
    with pytest.raises(TrackerError) as caught:
        tracker.start(CALIBRATION)
    error = caught.value
    assert error.message == (
        'the body tracker did not start in mode gpu_cuda: cannot load libcudnn.so.8'
    )
    assert 'body_tracking_processing_mode to cpu' in error.hint
    assert any('Failed to load CUDA provider' in line for line in error.log)
    tracker.start(CALIBRATION)  # and it can be tried again
    tracker.close()


def test_libraries_of_the_runtime_are_looked_for_by_mode(monkeypatch):
    def load(name):
        if 'cudnn' in name or 'nvinfer' in name:
            raise OSError

    monkeypatch.setattr(k4abt_runtime.ctypes, 'CDLL', load)
    assert k4abt_runtime.missing('cpu') == []
    cudnn = ['libcudnn.so.8', 'libcudnn_ops_infer.so.8', 'libcudnn_cnn_infer.so.8']
    assert k4abt_runtime.missing('gpu') == k4abt_runtime.missing('gpu_cuda') == cudnn
    assert k4abt_runtime.missing('gpu_tensorrt') == [
        *cudnn,
        'libnvinfer.so.8',
        'libnvinfer_plugin.so.8',
    ]


@pytest.mark.parametrize('step', ['enqueue', 'pop'])
def test_a_tracker_that_fails(stub, tracker, step):
    function = {'enqueue': 'k4abt_tracker_enqueue_capture', 'pop': 'k4abt_tracker_pop_result'}[
        step
    ]
    closed = []
    stub.fail(function, times=1, log='ONNX Runtime: out of memory')
    capture = capture_of(1, on_close=lambda: closed.append(1))
    with pytest.raises(TrackerError, match='the body tracker') as caught:
        tracker.enqueue(capture, LONG) and tracker.pop(LONG)
    assert any('out of memory' in line for line in caught.value.log)
    assert closed == []
    if step == 'enqueue':
        assert tracker.enqueue(capture, LONG)
    check_bodies(tracker.pop(LONG))


@pytest.mark.parametrize(
    'function',
    [
        'k4abt_frame_get_body_skeleton',
        'k4abt_frame_get_body_id',
        'k4abt_frame_get_body_index_map',
    ],
)
def test_a_frame_that_cannot_be_read(stub, tracker, function):
    closed = []
    stub.fail(function, times=1)
    tracker.enqueue(capture_of(1, on_close=lambda: closed.append(1)), LONG)
    tracker.enqueue(capture_of(2), LONG)
    with pytest.raises(TrackerError, match='cannot be read'):
        tracker.pop(LONG)
    assert closed == [1]
    check_bodies(tracker.pop(LONG))


@pytest.mark.parametrize('function', ['k4a_capture_create', 'k4a_image_create_from_buffer'])
def test_a_capture_that_cannot_be_made(stub, tracker, function):
    stub.fail(function, times=1)
    with pytest.raises(TrackerError):
        tracker.enqueue(capture_of(1), LONG)
    assert tracker.enqueue(capture_of(2), LONG)
    check_bodies(tracker.pop(LONG))


def test_without_raw_calibration(stub):
    tracker = open_tracker(options())
    with pytest.raises(TrackerError, match='raw calibration'):
        tracker.start(parse_without_raw())
    tracker.close()


def parse_without_raw():
    return type(CALIBRATION)(CALIBRATION.depth, CALIBRATION.color, CALIBRATION.from_depth)


# ---- the end -----------------------------------------------------------------------------------


def test_before_the_start_and_after_the_end(stub):
    tracker = open_tracker(options())
    for call in (lambda: tracker.enqueue(capture_of(1), 0), lambda: tracker.pop(0)):
        with pytest.raises(TrackerError, match='not running'):
            call()
    tracker.start(CALIBRATION)
    tracker.start(CALIBRATION)
    assert stub.count('k4abt_tracker_create') == 1
    tracker.close()
    tracker.close()
    assert stub.count('k4abt_tracker_destroy') == 1
    for call in (lambda: tracker.enqueue(capture_of(1), 0), lambda: tracker.pop(0)):
        with pytest.raises(TrackerError, match='not running'):
            call()
    with pytest.raises(TrackerError, match='was closed'):
        tracker.start(CALIBRATION)


def test_closing_with_captures_in_flight_closes_them(stub):
    stub['k4abt.latency_usec'] = 20_000
    tracker = start()
    closed = []
    for number in range(3):
        tracker.enqueue(capture_of(number, on_close=lambda n=number: closed.append(n)), LONG)
    tracker.close()
    assert closed == [0, 1, 2]


@pytest.mark.parametrize('waiting', ['enqueue', 'pop'])
def test_closing_wakes_who_waits(stub, waiting):
    tracker = start()
    if waiting == 'enqueue':
        for number in range(3):
            tracker.enqueue(capture_of(number), LONG)
    calls = {
        'enqueue': lambda: tracker.enqueue(capture_of(9), 60),
        'pop': lambda: tracker.pop(60),
    }
    raised = []

    def wait():
        try:
            calls[waiting]()
        except TrackerError as error:
            raised.append(error.message)

    thread = threading.Thread(target=wait)
    function = {'enqueue': 'k4abt_tracker_enqueue_capture', 'pop': 'k4abt_tracker_pop_result'}
    before = stub.count(function[waiting])
    thread.start()
    while stub.count(function[waiting]) == before:
        time.sleep(0.001)
    tracker.close()
    thread.join(LONG)
    assert raised == ['the body tracker was closed']


def test_closing_while_it_starts(stub):
    stub['delay.k4abt_tracker_create'] = 100_000
    tracker = open_tracker(options())
    raised = []

    def begin():
        try:
            tracker.start(CALIBRATION)
        except TrackerError as error:
            raised.append(error.message)

    thread = threading.Thread(target=begin)
    thread.start()
    while not stub.count('k4abt_tracker_create'):
        time.sleep(0.001)
    tracker.close()
    thread.join(LONG)
    assert raised == ['the body tracker was closed while it started']


def test_several_trackers_at_once(stub):
    with start() as one, start() as other:
        assert one.enqueue(capture_of(1), LONG)
        assert other.enqueue(capture_of(2), LONG)
        assert one.pop(LONG).bodies.device_time_usec == 33333
        assert other.pop(LONG).bodies.device_time_usec == 66666


def test_the_largest_mode(stub):
    mode = DepthMode.WFOV_UNBINNED
    calibration = parse_calibration(raw_calibration(), mode, ColorResolution.OFF)
    config = DeviceConfig(depth_mode=mode)
    folder = k4a_stub.library_folder()
    with open_tracker(TrackerOptions(depth_mode=mode, sdk_library_path=folder)) as tracker:
        tracker.start(calibration)
        (capture,) = recordings.make_captures(config, 1)
        assert tracker.enqueue(capture, LONG)
        check_bodies(tracker.pop(LONG))
