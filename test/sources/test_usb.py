# SPDX-License-Identifier: Apache-2.0
"""What is read of the USB bus, from a sysfs that the tests write."""

import os

import pytest

from azure_kinect_py.sources import usb


@pytest.fixture
def bus(tmp_path):
    """A function that puts a device on the bus, and the roots of sysfs and /dev."""

    def plug(name, vendor, product, number, serial='', speed='5000', mode=0o666):
        place = tmp_path / 'sys' / 'bus' / 'usb' / 'devices' / name
        place.mkdir(parents=True)
        for file, text in (
            ('idVendor', vendor),
            ('idProduct', product),
            ('busnum', '2'),
            ('devnum', str(number)),
            ('speed', speed),
            ('serial', serial),
        ):
            (place / file).write_text(f'{text}\n')
        node = tmp_path / 'dev' / 'bus' / 'usb' / '002' / f'{number:03d}'
        node.parent.mkdir(parents=True, exist_ok=True)
        node.touch()
        node.chmod(mode)

    plug.roots = (tmp_path / 'sys', tmp_path / 'dev')
    return plug


def test_an_empty_or_missing_bus(tmp_path):
    assert usb.devices(tmp_path, tmp_path) == []
    assert usb.cameras(tmp_path, tmp_path) == []
    assert usb.serials(tmp_path, tmp_path) == []
    assert usb.usbfs_memory_mb(tmp_path) is None


def test_an_azure_kinect_is_told_from_its_neighbours(bus):
    bus('2-1', '045e', '097a', 2)
    bus('2-1.1', '045e', '097c', 3, serial='000123')
    bus('2-1.2', '045e', '097d', 4, serial='000123')
    bus('2-2', '046d', '0825', 5, serial='webcam')
    (bus.roots[0] / 'bus' / 'usb' / 'devices' / '2-1:1.0').mkdir()
    names = [device.name for device in usb.devices(*bus.roots)]
    assert names == [
        'Azure Kinect USB 3 hub',
        'Azure Kinect depth camera',
        'Azure Kinect color camera',
    ]
    assert [device.product for device in usb.cameras(*bus.roots)] == [0x097C, 0x097D]
    assert usb.serials(*bus.roots) == ['000123']


def test_a_femto(bus):
    bus('2-3', '2bc5', '066b', 7, serial='CL8F25300', speed='480')
    (device,) = usb.cameras(*bus.roots)
    assert (device.name, device.speed_mbps) == ('Femto Bolt', 480.0)
    assert device.speed_mbps < usb.USB3_MBPS
    assert device.node == bus.roots[1] / 'bus' / 'usb' / '002' / '007'
    assert usb.serials(*bus.roots) == ['CL8F25300']


def test_permission_is_that_of_the_device_file(bus, monkeypatch):
    bus('2-1.1', '045e', '097c', 3)
    bus('2-1.2', '045e', '097d', 4, mode=0o600)
    monkeypatch.setattr(  # as for a user who does not own the files; root may open all
        os, 'access', lambda path, _mode: bool(path.stat().st_mode & 0o002)
    )
    assert [device.permitted for device in usb.cameras(*bus.roots)] == [True, False]


def test_a_device_file_that_a_container_lacks_is_not_permitted(bus):
    bus('2-1.1', '045e', '097c', 3)
    (bus.roots[1] / 'bus' / 'usb' / '002' / '003').unlink()
    (device,) = usb.cameras(*bus.roots)
    assert not device.permitted


def test_usbfs_memory(tmp_path):
    file = tmp_path / 'module' / 'usbcore' / 'parameters' / 'usbfs_memory_mb'
    file.parent.mkdir(parents=True)
    file.write_text('16\n')
    assert usb.usbfs_memory_mb(tmp_path) == 16
