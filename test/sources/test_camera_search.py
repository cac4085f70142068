# SPDX-License-Identifier: Apache-2.0
"""Which camera is opened, why none is, and that drivers do not take each other's."""

import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest
from helpers import k4a_stub

from azure_kinect_py.errors import DeviceError
from azure_kinect_py.sdk import k4a
from azure_kinect_py.sources import SourceOptions, camera_search, open_source, usb

TWO = ['000000000011', '000000000022']


@pytest.fixture
def stub():
    stub = k4a_stub.in_process()
    stub.reset(TWO)
    yield stub
    assert stub.handles() == {}


def open_device(serial='', folder=None):
    folder = folder or k4a_stub.library_folder()
    return open_source(SourceOptions(source='device', sensor_sn=serial, sdk_library_path=folder))


def refusal(serial=''):
    with pytest.raises(DeviceError) as caught:
        open_device(serial)
    return caught.value


@pytest.mark.parametrize('serial', TWO)
def test_by_serial_number(stub, serial):
    source = open_device(serial)
    assert source.info.serial == serial
    assert [stub[f'device{number}.owner'] != 0 for number in (0, 1)] == [
        serial == TWO[0],
        serial == TWO[1],
    ]
    source.close()


def test_the_first_free_one(stub):
    first, second = open_device(), open_device()
    assert [first.info.serial, second.info.serial] == TWO
    error = refusal()
    assert error.message == 'the cameras: busy, in use by another program'
    assert 'LIBUSB_ERROR_BUSY' in str(error)
    first.close()
    third = open_device()
    assert third.info.serial == TWO[0]
    second.close()
    third.close()


@pytest.fixture
def femtos(stub):
    """The folder of Orbbec's library, which claims a camera when it is first asked something."""
    stub['device0.femto'] = stub['device1.femto'] = 1
    return k4a_stub.orbbec_folder()


def test_the_first_free_femto(stub, femtos):
    first, second = open_device(folder=femtos), open_device(folder=femtos)
    assert [first.info.serial, second.info.serial] == TWO
    with pytest.raises(DeviceError) as caught:
        open_device(folder=femtos)
    assert caught.value.message == 'the cameras: busy, in use by another program'
    first.close()
    third = open_device(TWO[0], folder=femtos)
    second.close()
    third.close()


def test_a_femto_that_is_busy_is_not_listed_as_free(stub, femtos):
    stub['device0.busy'] = 1
    found, errors = camera_search.list_cameras(k4a.load(femtos))
    assert found == TWO[1:]
    assert len(errors) == 1


def test_a_femto_that_is_not_wanted_is_not_claimed(stub, femtos):
    open_device(TWO[1], folder=femtos).close()
    assert stub.count('k4a_device_open') == 2
    assert stub.count('k4a_device_get_version') == 2  # in the search, and for who it is


def test_no_camera(stub):
    stub.reset([])
    error = refusal()
    assert error.message == 'no camera found'
    assert refusal(TWO[1]).message == f'camera {TWO[1]}: no camera found'
    for word in ('power', 'USB 3', 'simulated'):
        assert word in error.hint


def test_a_camera_that_only_the_bus_sees(stub, monkeypatch):
    stub.reset([])
    device = usb.UsbDevice(0x2BC5, 0x066B, 'Femto Bolt', '', 5000.0, pathlib.Path(), True, True)
    monkeypatch.setattr(usb, 'cameras', lambda: [device])
    error = refusal()
    assert error.message == 'no camera found, though there is on USB: Femto Bolt'
    assert "Orbbec's libk4a" in error.hint


def test_an_unknown_serial_number_lists_those_found(stub):
    error = refusal('000000000033')
    assert error.message == "no camera with serial number '000000000033'; found: " + ', '.join(TWO)


def test_leading_zeros_count(stub):
    error = refusal('11')
    assert "the string '000000000011'" in error.hint


def test_a_camera_that_is_taken_is_not_one_that_is_missing(stub):
    stub['device0.busy'] = 1
    error = refusal(TWO[0])
    assert error.message == (
        f"no camera with serial number '{TWO[0]}'; found: {TWO[1]}, and 1 more: "
        'busy, in use by another program'
    )
    assert 'sensor_sn' in error.hint


def test_two_openings_of_one_camera(stub):
    source = open_device(TWO[0])
    assert 'busy, in use by another program' in refusal(TWO[0]).message
    source.close()


def test_a_busy_camera_is_known_by_the_bus(stub, monkeypatch):
    stub['device1.busy'] = 1
    monkeypatch.setattr(usb, 'serials', lambda: TWO)
    monkeypatch.setattr(usb, 'cameras', list)
    error = refusal(TWO[1])
    assert error.message == f'camera {TWO[1]}: busy, in use by another program'


@pytest.mark.parametrize(
    ('fault', 'message', 'hint'),
    [
        ('denied', 'the camera: no permission to open it', '99-azure-kinect.rules'),
        ('old_firmware', 'the camera: the firmware is too old', 'AzureKinectFirmwareTool'),
        ('busy', 'the camera: busy, in use by another program', 'Close the other program'),
    ],
)
def test_why_it_cannot_be_opened(stub, fault, message, hint):
    stub.reset(TWO[:1])
    stub[f'device0.{fault}'] = 1
    error = refusal()
    assert error.message == message
    assert hint in error.hint
    assert error.log


def test_firmware_that_is_accepted_is_no_reason(stub):
    stub.reset(TWO[:1])
    advice = 'Firmware version for RGB is 1.6.98. Consider upgrading to 1.6.110 or newer.'
    stub.fail('k4a_device_open', log='LIBUSB_ERROR_BUSY', reason=advice)
    error = refusal()
    assert advice in str(error)
    assert error.message == 'the camera: busy, in use by another program'


def test_where_the_bus_shows_permission_it_is_another_program(stub, monkeypatch):
    """The SDK has the same words for both."""
    stub.reset(TWO[:1])
    stub['device0.denied'] = 1
    device = usb.UsbDevice(0x045E, 0x097C, 'depth', '', 5000.0, pathlib.Path(), True, True)
    monkeypatch.setattr(usb, 'cameras', lambda: [device])
    assert 'busy' in refusal().message
    monkeypatch.setattr(usb, 'cameras', lambda: [device._replace(permitted=False)])
    assert 'no permission' in refusal().message


def test_listing_leaves_cameras_free(stub):
    library = k4a.load(k4a_stub.library_folder())
    stub['device0.busy'] = 1
    found, errors = camera_search.list_cameras(library)
    assert found == TWO[1:]
    assert len(errors) == 1
    stub['device0.busy'] = 0
    assert camera_search.list_cameras(library) == (TWO, [])


def test_a_search_that_hangs_elsewhere_does_not_hang_this_one(stub, monkeypatch):
    monkeypatch.setattr(camera_search, '_LONGEST_WAIT', 0.1)
    library = k4a.load(k4a_stub.library_folder())
    with camera_search._turn():
        found = []
        thread = threading.Thread(target=lambda: found.append(camera_search.list_cameras(library)))
        thread.start()
        thread.join(20)
    assert found == [(TWO, [])]


DRIVER = """
import json, sys
from azure_kinect_py.errors import KinectError
from azure_kinect_py.sources import SourceOptions, open_source
options = SourceOptions(source='device', sensor_sn=sys.argv[2], sdk_library_path=sys.argv[1])
sys.stdin.readline()
try:
    source = open_source(options)
    said = source.info.serial
except KinectError as error:
    said = error.message
print(json.dumps(said), flush=True)
sys.stdin.readline()
"""


class Driver:
    """A process that opens a camera when told, and holds it until it ends."""

    def __init__(self, stub, serial=''):
        root = pathlib.Path(__file__).parents[2]
        self.process = subprocess.Popen(
            [sys.executable, '-c', DRIVER, k4a_stub.library_folder(), serial],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env=os.environ | stub.environment,
        )

    def go(self):
        self.process.stdin.write('\n')
        self.process.stdin.flush()

    def said(self):
        return json.loads(self.process.stdout.readline())

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def drivers(stub):
    running = []

    def start(*serials):
        running.extend(Driver(stub, serial) for serial in serials)
        return running[-len(serials) :]

    yield start
    for driver in running:
        driver.kill()
    stub.reset(TWO)  # the kernel takes back what killed processes held


def test_drivers_that_start_together_each_get_their_own(stub, drivers):
    serials = [*TWO, '000000000033']
    stub.reset(serials)
    stub['delay.k4a_device_open'] = 50_000  # time to get in each other's way
    started = drivers(*reversed(serials))
    for driver in started:
        driver.go()
    assert [driver.said() for driver in started] == serials[::-1]


def test_a_race_of_three_for_two(stub, drivers):
    stub['delay.k4a_device_open'] = 20_000
    started = drivers('', '', '')
    for driver in started:
        driver.go()
    said = sorted(driver.said() for driver in started)
    assert said == [*TWO, 'the cameras: busy, in use by another program']


def test_the_camera_of_a_process_that_was_killed_is_free(stub, drivers):
    (driver,) = drivers(TWO[0])
    driver.go()
    assert driver.said() == TWO[0]
    assert 'busy' in refusal(TWO[0]).message
    driver.kill()
    stub['handles.devices'] = 0
    deadline = time.monotonic() + 10
    while True:
        try:
            open_device(TWO[0]).close()
        except DeviceError:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        else:
            break
