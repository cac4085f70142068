# SPDX-License-Identifier: Apache-2.0
"""Checks of the USB side: cameras, link, permissions, udev rule, memory, host controller."""

from __future__ import annotations

import re
from pathlib import Path

from azure_kinect_py.cli.doctor.report import Finding, Machine, Status, fail, ok, warn
from azure_kinect_py.sources import usb

RULE = '99-azure-kinect.rules'
RULE_REMEDY = (
    f'sudo cp udev/{RULE} /etc/udev/rules.d/ (of this package: its source folder, or its share '
    'folder when installed), sudo udevadm control --reload-rules, then plug the camera in anew.'
)
RULE_FOLDERS = ('etc/udev/rules.d', 'run/udev/rules.d', 'usr/lib/udev/rules.d', 'lib/udev/rules.d')
USBFS_DEFAULT_MB = 16
USBFS_PER_CAMERA_MB = 32
ASMEDIA = '0x1b21'


def check_cameras(machine: Machine) -> list[Finding]:
    """Look at each connected camera: its link, and whether this user may open it."""
    cameras = [device for device in machine.devices if device.is_camera]
    if not cameras:
        text = 'none on the USB bus'
        if machine.devices:
            names = ', '.join(device.name for device in machine.devices)
            text = f'none on the USB bus, but {names}'
        remedy = (
            'Without a camera use source:=simulated or a recording. Otherwise: connect the power '
            'supply too (a USB port is not enough; the LED blinks amber), use a USB 3 port of the '
            'mainboard and a short cable; in a container pass --device /dev/bus/usb.'
        )
        return [warn('camera', text, remedy)]
    return [finding for camera in cameras for finding in _camera(camera)]


def _camera(camera: usb.UsbDevice) -> list[Finding]:
    what = f'{camera.name} {camera.serial}'.strip()
    findings = []
    if camera.speed_mbps < usb.USB3_MBPS:
        findings.append(
            fail(what, f'its link runs at {camera.speed_mbps:g} Mbit/s, USB 3 has 5000',
                 'Use a USB 3 port and a USB 3 cable, without an extension or a hub in between.')
        )  # fmt: skip
    if not camera.permitted:
        findings.append(
            fail(what, f'{camera.node} may not be read and written by this user', RULE_REMEDY)
        )
    return findings or [ok(what, f'{camera.speed_mbps:g} Mbit/s, {camera.node} may be opened')]


def check_parts(machine: Machine) -> list[Finding]:
    """Look whether both cameras of each Azure Kinect are there; too little power shows here."""
    counts = {
        name: sum(device.name.endswith(f'{name} camera') for device in machine.devices)
        for name in ('depth', 'color')
    }
    if counts['depth'] == counts['color']:
        return []
    lacking = min(counts, key=lambda name: counts[name])
    return [
        fail(
            'Azure Kinect',
            f'{counts["depth"]} depth and {counts["color"]} color cameras on the bus: '
            f'a {lacking} camera is missing',
            'Most often the power supply: use the one that came with the camera, then plug it in '
            'anew. If it persists, update or reset the firmware.',
        )
    ]


def check_udev_rule(machine: Machine) -> list[Finding]:
    """Look for a rule that lets users other than root open the camera."""
    for folder in RULE_FOLDERS:
        for path in sorted((machine.root / folder).glob('*.rules')):
            text = machine.text(str(path.relative_to(machine.root))).lower()
            if '097c' in text or '2bc5' in text:
                return [ok('udev rule', str(path))]
    status = Status.OK if all(d.permitted for d in machine.devices) else Status.FAIL
    status = status if machine.devices else Status.WARN
    return [Finding(status, 'udev rule', 'none for the camera', RULE_REMEDY)]


def check_usbfs_memory(machine: Machine) -> list[Finding]:
    """Look at the memory that the kernel lends to USB transfers."""
    have = usb.usbfs_memory_mb(machine.root / 'sys')
    if have is None:
        return []
    cameras = sum('color' not in device.name for device in machine.devices if device.is_camera)
    need = USBFS_DEFAULT_MB if cameras < 2 else cameras * USBFS_PER_CAMERA_MB
    text = f'{have} MB'
    if have >= need or have == 0:  # 0 is no limit
        return [ok('usbfs memory', text if have else 'no limit')]
    remedy = (
        f'{cameras or 1} cameras want {need} MB. Now: echo {need} | sudo tee '
        '/sys/module/usbcore/parameters/usbfs_memory_mb. For good: add '
        f'usbcore.usbfs_memory_mb={need} to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub, run '
        'sudo update-grub, reboot.'
    )
    return [warn('usbfs memory', text, remedy)]


def check_host_controller(machine: Machine) -> list[Finding]:
    """Look for the host controllers that the vendor names as trouble."""
    folder = machine.root / 'sys' / 'bus' / 'pci' / 'devices'
    for place in sorted(folder.glob('*')):
        name = str(Path('sys/bus/pci/devices') / place.name)
        is_usb = re.match(r'0x0c03', machine.text(f'{name}/class'))
        if is_usb and machine.text(f'{name}/vendor') == ASMEDIA:
            remedy = (
                'The vendor lists ASMedia controllers (ASM1142) as incompatible: if the camera '
                'drops out, use a port of another controller (Intel, Texas Instruments, Renesas).'
            )
            return [warn('USB host controller', f'ASMedia at {place.name}', remedy)]
    return []
