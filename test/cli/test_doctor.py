# SPDX-License-Identifier: Apache-2.0
"""Each check of `azure_kinect doctor` on machines made of files."""

import sys

import pytest
from helpers import k4a_stub

from azure_kinect_py.cli import doctor
from azure_kinect_py.cli.doctor import (
    connection,
    graphics,
    libraries,
    middleware,
    python,
    tracking,
)
from azure_kinect_py.cli.doctor.report import Machine, Status, show
from azure_kinect_py.ros import dds


@pytest.fixture
def machine(tmp_path):
    return Machine(root=tmp_path, environ={})


def write(machine, path, text=''):
    place = machine.root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    return place


def plug_in(machine, product, *, serial='', speed='5000', vendor='045e', number=4, mode=0o666):
    folder = f'sys/bus/usb/devices/2-{number}'
    files = {'idVendor': vendor, 'idProduct': product, 'busnum': '2', 'devnum': str(number)}
    for name, text in {**files, 'speed': speed, 'serial': serial}.items():
        write(machine, f'{folder}/{name}', text + '\n')
    write(machine, f'dev/bus/usb/002/{number:03d}').chmod(mode)


def statuses(findings):
    return [finding.status for finding in findings]


def test_no_camera_is_a_warning_that_names_what_works_without(machine):
    (finding,) = connection.check_cameras(machine)
    assert finding.status is Status.WARN
    assert 'source:=simulated' in finding.remedy
    assert 'power supply' in finding.remedy


def test_a_hub_without_its_cameras_is_named(machine):
    plug_in(machine, '097a')
    (finding,) = connection.check_cameras(machine)
    assert 'Azure Kinect USB 3 hub' in finding.text


def test_a_camera_on_usb3_that_may_be_opened_is_fine(machine):
    plug_in(machine, '097c', serial='000123400112')
    (finding,) = connection.check_cameras(machine)
    assert finding.status is Status.OK
    assert '000123400112' in finding.what


def test_a_usb2_link_fails_and_says_which_port(machine):
    plug_in(machine, '097c', speed='480')
    (finding,) = connection.check_cameras(machine)
    assert finding.status is Status.FAIL
    assert '480 Mbit/s' in finding.text
    assert 'USB 3 port' in finding.remedy


def test_a_camera_that_may_not_be_opened_fails_with_the_udev_rule(machine, monkeypatch):
    plug_in(machine, '097c')
    monkeypatch.setattr('os.access', lambda *_: False)  # root may do anything
    (finding,) = connection.check_cameras(machine)
    assert finding.status is Status.FAIL
    assert connection.RULE in finding.remedy
    assert statuses(connection.check_udev_rule(machine)) == [Status.FAIL]


def test_a_missing_color_camera_points_at_the_power_supply(machine):
    plug_in(machine, '097c')
    (finding,) = connection.check_parts(machine)
    assert finding.status is Status.FAIL
    assert 'color camera is missing' in finding.text
    plug_in(machine, '097d', number=5)
    assert connection.check_parts(Machine(machine.root, {})) == []


def test_the_rule_of_this_package_is_recognised(machine, request):
    rule = request.config.rootpath / 'udev' / connection.RULE
    assert statuses(connection.check_udev_rule(machine)) == [Status.WARN]
    write(machine, f'etc/udev/rules.d/{connection.RULE}', rule.read_text())
    assert statuses(connection.check_udev_rule(machine)) == [Status.OK]


@pytest.mark.parametrize(
    ('megabytes', 'cameras', 'status'),
    [('16', 1, Status.OK), ('16', 2, Status.WARN), ('64', 2, Status.OK), ('0', 3, Status.OK)],
)
def test_usbfs_memory_is_judged_by_the_number_of_cameras(machine, megabytes, cameras, status):
    write(machine, 'sys/module/usbcore/parameters/usbfs_memory_mb', megabytes)
    for number in range(cameras):
        plug_in(machine, '097c', number=2 * number + 1)
        plug_in(machine, '097d', number=2 * number + 2)
    (finding,) = connection.check_usbfs_memory(machine)
    assert finding.status is status
    assert status is Status.OK or f'usbcore.usbfs_memory_mb={32 * cameras}' in finding.remedy


def test_an_asmedia_controller_is_named(machine):
    assert connection.check_host_controller(machine) == []
    write(machine, 'sys/bus/pci/devices/0000:03:00.0/class', '0x0c0330')
    write(machine, 'sys/bus/pci/devices/0000:03:00.0/vendor', '0x1b21')
    (finding,) = connection.check_host_controller(machine)
    assert finding.status is Status.WARN
    assert '0000:03:00.0' in finding.text


@pytest.mark.parametrize(
    ('display', 'server', 'status'),
    [
        ('', False, Status.WARN),
        (':0', False, Status.WARN),
        (':0', True, Status.OK),
        (':0.0', True, Status.OK),
        ('localhost:10.0', True, Status.WARN),
    ],
)
def test_the_display_must_be_one_of_this_machine(tmp_path, display, server, status):
    machine = Machine(tmp_path, {'DISPLAY': display})
    if server:
        write(machine, 'tmp/.X11-unix/X0')
    (finding,) = graphics.check_display(machine)
    assert finding.status is status
    assert status is Status.OK or '204' in finding.remedy


def test_without_a_display_a_connected_camera_makes_it_a_failure(machine):
    plug_in(machine, '097c')
    assert statuses(graphics.check_display(machine)) == [Status.FAIL]


def test_a_render_node_is_a_gpu(machine):
    assert statuses(graphics.check_gpu(machine)) == [Status.WARN]
    write(machine, 'dev/dri/renderD128')
    assert statuses(graphics.check_gpu(machine)) == [Status.OK]


def test_libraries_in_a_wrong_folder_tell_where_it_was_looked(machine, tmp_path):
    (tmp_path / 'libk4a.so.1.4').write_text('not a library')
    chosen = Machine(tmp_path, {}, library_path=str(tmp_path))
    findings = {finding.what: finding for finding in libraries.check_libraries(chosen)}
    assert findings['libk4a'].status is Status.WARN
    assert 'pyk4a-bundle' in findings['libk4a'].remedy


def test_versions_are_read_from_file_names(tmp_path):
    file = tmp_path / 'libk4a.so.1.4.1'
    file.touch()
    assert libraries.describe(str(file)) == f'{file} (1.4.1)'
    (tmp_path / 'libOrbbecSDK.so').touch()
    assert 'Femto' in libraries.describe(str(file))


def test_ros_tells_its_middleware(machine):
    pytest.importorskip('rclpy')
    findings = middleware.check_ros(machine)
    assert findings[0].status is Status.OK
    assert 'rmw_' in findings[0].text


def test_a_middleware_that_is_not_installed_is_told(tmp_path):
    pytest.importorskip('rclpy')
    machine = Machine(tmp_path, {'RMW_IMPLEMENTATION': 'rmw_nowhere_cpp'})
    (finding,) = middleware.check_ros(machine)
    assert finding.status is Status.FAIL
    assert 'RMW_IMPLEMENTATION=rmw_nowhere_cpp' in finding.text
    assert 'install what it names' in finding.remedy


def test_a_profile_that_does_not_exist_fails(tmp_path):
    machine = Machine(tmp_path, {'FASTRTPS_DEFAULT_PROFILES_FILE': '/nowhere.xml'})
    (finding,) = middleware.check_profile(machine, 'rmw_fastrtps_cpp')
    assert finding.status is Status.FAIL
    assert '/nowhere.xml' in finding.text


@pytest.mark.parametrize(
    ('rmw', 'setting'),
    [
        ('rmw_cyclonedds_cpp', 'CYCLONEDDS_URI=file:///{}/config/cyclonedds.xml'),
        ('rmw_zenoh_cpp', 'ZENOH_SESSION_CONFIG_URI=/{}/config/zenoh.json5'),
    ],
)
def test_another_middleware_without_settings_is_told_its_file(machine, request, rmw, setting):
    pytest.importorskip('rclpy')
    (finding,) = middleware.check_profile(machine, rmw)
    assert finding.status is Status.WARN
    expected = setting.format(str(request.config.rootpath).lstrip('/'))
    assert f'export {expected}' in finding.remedy
    told = Machine(machine.root, dict([expected.split('=')]))
    assert statuses(middleware.check_profile(told, rmw)) == [Status.OK]


def test_settings_that_do_not_exist_fail(tmp_path):
    pytest.importorskip('rclpy')
    machine = Machine(tmp_path, {'CYCLONEDDS_URI': '<General/>,file:///nowhere.xml'})
    assert statuses(middleware.check_profile(machine, 'rmw_cyclonedds_cpp')) == [Status.FAIL]


def test_shared_memory_of_zenoh_may_be_on_by_override(tmp_path):
    environ = {'ZENOH_CONFIG_OVERRIDE': 'mode="peer";transport/shared_memory/enabled=true'}
    machine = Machine(tmp_path, environ)
    assert statuses(middleware.check_profile(machine, 'rmw_zenoh_cpp')) == [Status.OK]


def test_cyclone_wants_large_receive_buffers(machine):
    write(machine, 'proc/sys/net/core/rmem_max', '212992')
    (finding,) = middleware.check_receive_buffers(machine)
    assert finding.status is Status.WARN
    assert 'rmem_max=33554432' in finding.remedy
    write(machine, 'proc/sys/net/core/rmem_max', '33554432')
    assert middleware.check_receive_buffers(machine) == []


def test_other_transports_of_fast_dds_are_the_users(tmp_path):
    machine = Machine(tmp_path, {'FASTDDS_BUILTIN_TRANSPORTS': 'LARGE_DATA'})
    (finding,) = middleware.check_profile(machine, 'rmw_fastrtps_cpp')
    assert 'yours' in finding.text


def test_as_much_shared_memory_is_wanted_as_the_driver_wants():
    needed = dds.segment_size(dds.settings_path(dds.PROFILES[0])) + dds.MARGIN
    assert pytest.approx(needed / 1e6, abs=1) == middleware.SHM_MB


@pytest.mark.parametrize(('free', 'status'), [(64, Status.WARN), (1000, Status.OK)])
def test_small_shared_memory_is_a_warning(free, status):
    assert middleware.judge_shared_memory(free, free, '--ipc=host').status is status


def test_no_shared_memory_fails(machine):
    assert statuses(middleware.check_shared_memory(machine)) == [Status.FAIL]


def test_segments_of_killed_programs_are_counted(machine):
    write(machine, 'dev/shm/fastdds_1', 'x' * 20_000_000)
    write(machine, 'dev/shm/fastdds_1_el')
    (finding,) = middleware.check_stale_segments(machine)
    assert finding.text.startswith('20 MB')
    assert 'fastdds shm clean' in finding.remedy


def test_who_decodes_jpegs_is_told(machine, monkeypatch):
    monkeypatch.setitem(sys.modules, 'simplejpeg', None)  # it cannot be imported
    (finding,) = python.check_jpeg(machine)
    assert finding.status is Status.OK
    assert 'OpenCV' in finding.text
    assert 'pip install simplejpeg' in finding.text


def test_without_a_folder_for_compiled_kernels_starts_are_slow(machine):
    assert statuses(python.check_kernel_cache(machine)) == [Status.OK]
    finding = python.judge_kernel_cache('')
    assert finding.status is Status.WARN
    assert 'NUMBA_CACHE_DIR' in finding.remedy


def test_every_trouble_has_a_remedy_and_every_check_runs_on_an_empty_machine(machine, capsys):
    findings = [finding for check in doctor.CHECKS for finding in check(machine)]
    for finding in findings:
        assert finding.text
        assert (finding.status is Status.OK) == (not finding.remedy) or finding.what == 'udev rule'
    show(findings)
    assert 'FAIL  shared memory' in capsys.readouterr().out


def test_the_exit_code_is_that_of_failures(machine, capsys):
    assert doctor.examine(machine) == 1  # no /dev/shm there
    assert '1 FAIL' in capsys.readouterr().out.splitlines()[-1]


def test_a_tracker_without_its_network_and_runtime_is_named(tmp_path):
    k4a_stub.in_process()  # before the library is loaded, which later tests share
    machine = Machine(tmp_path, {}, library_path=str(k4a_stub.library_folder()))
    findings = {finding.what: finding for finding in tracking.check_tracking(machine)}
    assert findings['libk4abt'].status is Status.OK
    assert findings['CUDA'].status is Status.WARN
    assert 'NVIDIA driver' in findings['CUDA'].text


def test_libraries_that_do_not_load_are_listed():
    assert tracking.judge_runtime('CUDA', []).status is Status.OK
    finding = tracking.judge_runtime('CUDA', ['libcudnn.so.8'])
    assert finding.status is Status.WARN
    assert 'libcudnn.so.8' in finding.text
    assert 'cpu' in finding.remedy


def test_the_tensorrt_cache_must_be_on_and_a_folder(tmp_path):
    cases = [
        ({}, Status.WARN),
        ({tracking.CACHE_ENABLE: '1'}, Status.WARN),
        ({tracking.CACHE_ENABLE: '1', tracking.CACHE_PATH: str(tmp_path)}, Status.OK),
    ]
    for environ, status in cases:
        assert tracking.judge_tensorrt_cache(Machine(tmp_path, environ)).status is status
