# SPDX-License-Identifier: Apache-2.0
"""Only what is subscribed is computed, once, in every encoding, of captures that lack images."""

import contextlib
import dataclasses
import gc
import math
import threading
import time
import weakref

import cv2
import numpy as np
import pytest
from helpers import recordings
from rclpy.serialization import deserialize_message

from azure_kinect_py.data import Capture, Image
from azure_kinect_py.geometry.color import decode
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig, ImageFormat
from azure_kinect_py.ros import topics as topics_module
from azure_kinect_py.ros import work
from azure_kinect_py.ros.frames import Frames
from azure_kinect_py.ros.parameters import Settings
from azure_kinect_py.ros.pipeline import Pipeline
from azure_kinect_py.ros.scene import Scene
from azure_kinect_py.ros.topics import Topic
from azure_kinect_py.ros.work import Mappings
from azure_kinect_py.sources.simulated.exposures import LazyImage

SMALL = recordings.SMALL
MJPG = (ImageFormat.MJPG, 5, 5)
PLAIN = ('depth', 'ir', 'rgb')
IN_OTHER_VIEW = ('depth_to_rgb', 'ir_to_rgb', 'rgb_to_depth')
REGISTERED = ('depth_to_rgb/image_raw', 'ir_to_rgb/image_raw', 'rgb_to_depth/image_raw', 'points2')


class Publisher:
    def __init__(self, kind, note):
        self.kind = kind
        self.note = note
        self.subscribers = 0
        self.sent = []

    def publish(self, message):
        if isinstance(message, bytes):
            message = deserialize_message(message, self.kind)
        self.sent.append(message)
        self.note()

    def get_subscription_count(self):
        return self.subscribers


class Camera:
    """A pipeline, its publishers by topic, in which order they sent, and what it warned of."""

    def __init__(self, config=SMALL, kind='device', **parameters):
        self.publishers, self.order, self.warnings = {}, [], []
        calibration = recordings.calibration(config)
        settings = Settings.read(parameters).adapted(config)
        scene = Scene(calibration, config, Frames(), kind, True, settings)
        self.mappings = Mappings(calibration) if scene.has_both else None
        self.settings = settings
        self.pipeline = Pipeline(scene, self.advertise, self.mappings, self.warnings.append)
        (self.capture,) = recordings.make_captures(config, 1)

    def advertise(self, kind, name, depth=10):
        self.publishers[name] = Publisher(kind, lambda: self.order.append(name))
        return Topic(self.publishers[name], name, self.warnings.append)

    def show(self, *topics, capture=None):
        for name, publisher in self.publishers.items():
            publisher.subscribers = int(name in topics)
        self.run(capture or self.capture, 1_500_000_000)
        return [self.publishers[name].sent[-1] for name in topics]

    def run(self, capture, stamp_ns):
        self.pipeline(capture, stamp_ns)
        topics_module.wait_until_sent()

    @property
    def sent(self):
        return {name for name, publisher in self.publishers.items() if publisher.sent}


def image(message, dtype, *shape):
    return np.frombuffer(message.data, dtype).reshape(message.height, message.width, *shape)


@pytest.fixture
def calls(monkeypatch):
    """Count what is decoded and registered."""
    counts = {}

    def counted(name, function):
        def wrapper(*args, **kwargs):
            counts[name] = counts.get(name, 0) + 1
            return function(*args, **kwargs)

        return wrapper

    monkeypatch.setattr(work, 'decode', counted('decode', work.decode))
    for kind in (work.DepthToColor, work.ColorToDepth):
        monkeypatch.setattr(kind, '__call__', counted(kind.__name__, kind.__call__))
    monkeypatch.setattr(
        work.DepthToColor, 'with_values', counted('with infrared', work.DepthToColor.with_values)
    )
    return counts


@pytest.fixture(params=[True, False], ids=['a core is idle', 'no core is idle'])
def idle_core(request, monkeypatch):
    monkeypatch.setattr(work, 'is_core_idle', lambda: request.param)
    return request.param


def test_nobody_subscribed_means_no_work(calls):
    camera = Camera(rgb_point_cloud=True)
    camera.show()
    assert not camera.sent
    assert not calls


@pytest.mark.parametrize(
    ('in_depth_frame', 'needed', 'later'),
    [
        (True, 'rgb_to_depth/image_raw', 'depth_to_rgb/image_raw'),
        (False, 'depth_to_rgb/image_raw', 'rgb_to_depth/image_raw'),
    ],
)
def test_the_cloud_is_sent_as_soon_as_what_it_is_made_of(in_depth_frame, needed, later):
    camera = Camera(
        DeviceConfig(), rgb_point_cloud=True, point_cloud_in_depth_frame=in_depth_frame
    )
    camera.show(*REGISTERED)
    needed, cloud, later = (camera.order.index(name) for name in (needed, 'points2', later))
    assert needed < cloud < later


def test_a_subscription_costs_what_it_needs(calls):
    camera = Camera(rgb_point_cloud=True)
    camera.show('depth/image_raw', 'rgb/image_raw/compressed', 'rgb/camera_info')
    assert camera.sent == {'depth/image_raw', 'rgb/image_raw/compressed', 'rgb/camera_info'}
    assert not calls


@pytest.mark.parametrize(
    ('topic', 'images'),
    [
        ('temperature', set()),
        *((f'{name}/camera_info', set()) for name in (*PLAIN, *IN_OTHER_VIEW)),
        ('depth/image_raw', {'depth'}),
        ('ir/image_raw', {'ir'}),
        ('rgb/image_raw', {'color'}),
        ('rgb/image_raw/compressed', {'color'}),
        ('depth_to_rgb/image_raw', {'depth'}),
        ('ir_to_rgb/image_raw', {'depth', 'ir'}),
        ('rgb_to_depth/image_raw', {'depth', 'color'}),
        ('points2', {'depth'}),
    ],
)
def test_images_that_nobody_needs_are_not_looked_at(topic, images):
    """The simulated camera renders those that are."""
    camera = Camera()
    seen = set()

    def watched(name, image):
        def look():
            seen.add(name)
            return image.pixels

        return LazyImage(look, image.format, image.device_time_usec, image.host_time_ns)

    capture = camera.capture
    capture = Capture(
        watched('depth', capture.depth_image),
        watched('ir', capture.ir_image),
        watched('color', capture.color_image),
        temperature_c=30.0,
    )
    camera.show(topic, capture=capture)
    assert camera.sent == {topic}
    assert seen == images


def test_a_temperature_that_is_not_known_is_not_published():
    camera = Camera()
    for celsius, sent in ((math.nan, set()), (30.0, {'temperature'})):
        capture = dataclasses.replace(camera.capture, temperature_c=celsius)
        camera.publishers['temperature'].subscribers = 1
        camera.run(capture, 0)
        assert camera.sent == sent


@pytest.mark.usefixtures('idle_core')
def test_what_topics_share_is_computed_once(calls):
    camera = Camera(rgb_point_cloud=True)
    camera.show('rgb/image_raw', *REGISTERED)
    assert calls == {'decode': 1, 'with infrared': 1, 'ColorToDepth': 1}
    camera.show('depth_to_rgb/image_raw')
    assert calls['DepthToColor'] == 1


def test_an_idle_core_decodes_while_depth_is_sent(idle_core, monkeypatch):
    camera, threads = Camera(), []
    begun, depth_is_sent = threading.Event(), threading.Event()

    def noted(image, **options):
        threads.append(threading.current_thread())
        begun.set()
        assert depth_is_sent.wait(10)
        return decode(image, **options)

    def send_depth():
        assert not idle_core or begun.wait(10)
        depth_is_sent.set()

    monkeypatch.setattr(work, 'decode', noted)
    camera.publishers['depth/image_raw'].note = send_depth
    _, color = camera.show('depth/image_raw', 'rgb/image_raw')
    assert bytes(color.data) == decode(camera.capture.color_image).tobytes()
    assert (threads == [threading.current_thread()]) == (not idle_core)


def test_nobody_is_at_work_on_a_capture_that_failed(monkeypatch):
    # Its memory may be freed then.
    camera, begun, ended = Camera(), threading.Event(), threading.Event()

    def slow(image, **options):
        begun.set()
        time.sleep(0.1)
        ended.set()
        return decode(image, **options)

    def fail():
        assert begun.wait(10)
        raise ValueError('unforeseen')

    monkeypatch.setattr(work, 'is_core_idle', lambda: True)
    monkeypatch.setattr(work, 'decode', slow)
    camera.publishers['rgb/image_raw/compressed'].note = fail
    with pytest.raises(ValueError, match='unforeseen'):
        camera.show('rgb/image_raw/compressed', 'rgb/image_raw')
    assert ended.is_set()


def test_buffers_are_allocated_once(monkeypatch):
    made = []

    class Counted(topics_module.InPlaceMessage):
        def __init__(self, *args):
            super().__init__(*args)
            made.append(self)

    monkeypatch.setattr(topics_module, 'InPlaceMessage', Counted)
    camera = Camera()
    infos = len(made)
    for _ in range(3):
        camera.show('points2', 'depth/image_raw')
    assert len(made) == infos + 2


def test_depth_in_metres():
    camera = Camera(depth_unit='32FC1')
    depth, registered = camera.show('depth/image_raw', 'depth_to_rgb/image_raw')
    assert depth.encoding == registered.encoding == '32FC1'
    metres = image(depth, np.float32)
    expected = camera.capture.depth / np.float32(1000)
    assert np.allclose(metres[expected > 0], expected[expected > 0])
    assert np.isnan(metres[expected == 0]).all()
    assert np.isnan(image(registered, np.float32)[0, 0])


def test_infrared_scaled_to_8_bits_follows_its_factor():
    camera = Camera(rescale_ir_to_mono8=True, ir_mono8_scaling_factor=0.5)
    ir, _ = camera.show('ir/image_raw', 'ir_to_rgb/image_raw')
    assert ir.encoding == 'mono8'
    assert np.array_equal(
        image(ir, np.uint8), np.minimum(camera.capture.ir * 0.5, 255).astype('B')
    )
    camera.pipeline.apply(camera.settings.changed({'ir_mono8_scaling_factor': 0.1}))
    (ir,) = camera.show('ir/image_raw')
    assert image(ir, np.uint8).max() <= 255
    assert image(ir, np.uint8)[0, 0] == int(np.float32(camera.capture.ir[0, 0]) * np.float32(0.1))


@pytest.mark.usefixtures('idle_core')
@pytest.mark.parametrize(
    ('form', 'encoding', 'native'),
    [
        (ImageFormat.NV12, 'native', 'nv12'),
        (ImageFormat.YUY2, 'native', 'yuv422_yuy2'),
        (ImageFormat.BGRA32, 'native', 'bgra8'),
        (ImageFormat.MJPG, 'native', 'bgra8'),
        (ImageFormat.MJPG, 'bgr8', 'bgr8'),
        (ImageFormat.NV12, 'bgra8', 'bgra8'),
    ],
)
def test_color_in_every_format(form, encoding, native):
    config = DeviceConfig(SMALL.depth_mode, ColorResolution.R720P, form)
    camera = Camera(config, color_encoding=encoding, rgb_point_cloud=True)
    color, cloud = camera.show('rgb/image_raw', 'points2')
    assert color.encoding == native
    assert (color.width, color.height) == (1280, 720)
    assert len(color.data) == color.step * color.height * (1.5 if native == 'nv12' else 1)
    if native.startswith('bgr'):
        expected = decode(camera.capture.color_image, len(native) - 1)
        assert bytes(color.data) == expected.tobytes()
    else:
        assert bytes(color.data) == camera.capture.color.tobytes()
    assert cloud.point_step == 32
    assert not camera.warnings


def test_the_cloud_of_the_color_camera():
    camera = Camera(point_cloud_in_depth_frame=False, rgb_point_cloud=True)
    cloud, depth = camera.show('points2', 'depth_to_rgb/image_raw')
    assert cloud.header.frame_id == 'rgb_camera_link'
    assert (cloud.width, cloud.height) == (1280, 720)
    assert not cloud.is_dense  # PCL would not look for NaN
    points = np.frombuffer(cloud.data, np.float32).reshape(720, 1280, 8)
    valid = image(depth, np.uint16) > 0
    assert np.array_equal(np.isfinite(points[..., 2]), valid)
    assert np.allclose(points[valid][:, 2], image(depth, np.uint16)[valid] / 1000)


def test_captures_may_lack_images():
    camera = Camera(rgb_point_cloud=True)
    whole = camera.capture
    topics = [name for name in camera.publishers if name != 'temperature']
    for name in topics:
        camera.publishers[name].subscribers = 1
    for capture in (
        Capture(depth_image=whole.depth_image, ir_image=whole.ir_image),
        Capture(color_image=whole.color_image),
        Capture(ir_image=whole.ir_image),
    ):
        camera.run(capture, 0)
    assert not camera.warnings
    assert 'points2' not in camera.sent
    assert 'rgb/image_raw' in camera.sent


@pytest.mark.usefixtures('idle_core')
def test_a_damaged_image_is_told_and_the_others_are_sent():
    camera = Camera()
    damaged = Image(np.zeros(99, np.uint8), ImageFormat.MJPG, 5, 5)
    capture = Capture(
        depth_image=camera.capture.depth_image,
        ir_image=camera.capture.ir_image,
        color_image=damaged,
    )
    for name in ('rgb/image_raw', 'depth/image_raw', 'points2'):
        camera.publishers[name].subscribers = 1
    camera.run(capture, 0)
    assert camera.sent == {'depth/image_raw', 'points2'}
    assert 'JPEG' in camera.warnings[0]


@pytest.mark.usefixtures('idle_core')
def test_a_capture_that_failed_is_freed_at_once():
    camera = Camera()
    for name in ('rgb/image_raw', 'depth/image_raw', 'points2'):
        camera.publishers[name].subscribers = 1
    camera.publishers['depth/image_raw'].note = lambda: time.sleep(0.05)  # decoding begins
    damaged = Image(np.zeros(99, np.uint8), ImageFormat.MJPG, 5, 5)
    capture = Capture(depth_image=camera.capture.depth_image, color_image=damaged)
    seen = weakref.ref(capture)
    gc.disable()  # as good as in the driver, whose circles would be found after gigabytes
    try:
        camera.run(capture, 0)
        del capture
        assert seen() is None
    finally:
        gc.enable()
    assert camera.warnings


OTHER_SIZE = {
    'color': Image(cv2.imencode('.jpg', np.zeros((480, 640, 3), 'B'))[1].ravel(), *MJPG),
    'depth': Image(np.ones((100, 100), np.uint16), ImageFormat.DEPTH16, 5, 5),
    'ir': Image(np.ones((100, 100), np.uint16), ImageFormat.IR16, 5, 5),
}


@pytest.mark.parametrize('unit', ['16UC1', '32FC1'])
@pytest.mark.parametrize('in_depth_frame', [True, False])
@pytest.mark.parametrize(
    ('wrong', 'lost'),
    [
        ('color', {'rgb/image_raw', 'rgb_to_depth/image_raw', 'points2'}),
        ('depth', {'depth/image_raw', *REGISTERED}),
        ('ir', {'ir/image_raw', 'ir_to_rgb/image_raw'}),
    ],
)
def test_an_image_of_another_size_takes_no_other_with_it(wrong, lost, in_depth_frame, unit):
    camera = Camera(
        rgb_point_cloud=True,
        point_cloud_in_depth_frame=in_depth_frame,
        depth_unit=unit,
        rescale_ir_to_mono8=unit == '32FC1',
    )
    topics = {*REGISTERED, *(f'{name}/image_raw' for name in PLAIN)}
    for name in topics:
        camera.publishers[name].subscribers = 1
    capture = dataclasses.replace(camera.capture, **{f'{wrong}_image': OTHER_SIZE[wrong]})
    camera.run(capture, 0)
    assert camera.sent == topics - lost
    assert all({'ir': 'infrared'}.get(wrong, wrong) in text for text in camera.warnings)


@pytest.mark.parametrize('others', [(), ('rgb/image_raw',)])
@pytest.mark.parametrize('encoding', ['native', 'bgr8'])
def test_alpha_does_not_depend_on_who_else_subscribes(encoding, others):
    camera = Camera(DeviceConfig(color_format=ImageFormat.BGRA32), color_encoding=encoding)
    pixels = np.full((720, 1280, 4), 7, np.uint8)
    capture = dataclasses.replace(
        camera.capture, color_image=dataclasses.replace(camera.capture.color_image, pixels=pixels)
    )
    mapped, *_ = camera.show('rgb_to_depth/image_raw', *others, capture=capture)
    assert set(np.unique(image(mapped, np.uint8, 4)[..., 3])) == {0, 7}


def test_topics_are_those_that_the_modes_can_serve():
    passive = DeviceConfig(DepthMode.PASSIVE_IR, ColorResolution.OFF)
    assert set(Camera(passive).publishers) == {'ir/image_raw', 'ir/camera_info', 'temperature'}
    color = DeviceConfig(DepthMode.OFF, ColorResolution.R720P)
    assert set(Camera(color, kind='playback').publishers) == {
        'rgb/image_raw',
        'rgb/image_raw/compressed',
        'rgb/camera_info',
    }


@pytest.mark.parametrize(
    ('topic', 'in_depth', 'expected'),
    [
        ('depth_to_rgb/image_raw', True, True),
        ('ir_to_rgb/image_raw', True, True),
        ('points2', False, True),
        ('points2', True, False),
        ('rgb_to_depth/image_raw', True, False),
        ('rgb/image_raw', True, False),
    ],
)
def test_maps_of_bodies_wait_only_for_what_is_drawn_in_the_color_view(
    topic, in_depth, expected, monkeypatch
):
    camera = Camera(point_cloud_in_depth_frame=in_depth)
    announced = []

    @contextlib.contextmanager
    def coming(capture):
        announced.append(capture)
        yield

    monkeypatch.setattr(camera.mappings.nearest, 'coming', coming)
    camera.show(topic)
    with camera.pipeline.coming(camera.capture):
        pass
    assert announced == [camera.capture] * expected


def test_a_camera_alone_has_nothing_to_wait_for():
    camera = Camera(dataclasses.replace(SMALL, color_resolution=ColorResolution.OFF))
    camera.show('points2')
    with camera.pipeline.coming(camera.capture):
        pass


def test_the_factor_of_infrared_may_change_at_any_time():
    camera = Camera(rescale_ir_to_mono8=True, ir_mono8_scaling_factor=1.0)
    topics = ('ir/image_raw', 'ir_to_rgb/image_raw')
    assert all(image(message, np.uint8).any() for message in camera.show(*topics))
    camera.pipeline.apply(camera.settings.changed({'ir_mono8_scaling_factor': 0.0}))
    assert not any(image(message, np.uint8).any() for message in camera.show(*topics))
