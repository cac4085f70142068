# SPDX-License-Identifier: Apache-2.0
"""The program `azure_kinect` as its users run it."""

import os
import signal
import subprocess
import sys

import pytest
from helpers import k4a_stub, recordings
from helpers.shell import inherited

from azure_kinect_py.cli import node, program
from azure_kinect_py.data import ImuSample
from azure_kinect_py.geometry.compiled import cache_folder
from azure_kinect_py.modes import ColorResolution, DepthMode, DeviceConfig
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.sources.recorder import Recorder
from azure_kinect_py.sources.simulated import SimulatedSource


def run(*arguments, stdout=subprocess.PIPE, **environment):
    return subprocess.run(
        [sys.executable, '-m', 'azure_kinect_py.cli.program', *arguments],
        env=os.environ | environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def stub(tmp_path):
    return k4a_stub.CameraStub(tmp_path / 'control', serials=['000123400112', '42'])


def test_list_prints_the_serial_numbers_as_they_are(stub):
    done = run('--sdk-library-path', k4a_stub.library_folder(), 'list', **stub.environment)
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ['000123400112', 'free'],
        ['42', 'free'],
    ]
    assert done.returncode == 0


def test_info_tells_the_calibration_of_a_camera(stub):
    done = run(
        '--sdk-library-path', k4a_stub.library_folder(), 'info', '42', '--depth-mode',
        'wfov_2x2binned', **stub.environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = dict(line.split(maxsplit=1) for line in done.stdout.splitlines()[:3])
    assert rows['source'] == 'device'
    assert 'WFOV_2X2BINNED, 512 x 512' in done.stdout
    assert 'depth fx fy cx cy' in done.stdout


def test_record_writes_a_file_that_info_reads(stub, tmp_path):
    file = tmp_path / 'made.mkv'
    library = ('--sdk-library-path', k4a_stub.library_folder())
    done = run(*library, 'record', str(file), '--seconds', '0.5', **stub.environment)
    assert done.returncode == 0, done.stderr
    assert 'captures' in done.stdout
    done = run('info', str(file))
    assert done.returncode == 0, done.stderr
    assert '000123400112' in done.stdout


@pytest.mark.parametrize(('wish', 'is_heard'), [({'K4A_LOG_LEVEL': 't'}, True), ({}, False)])
def test_the_vendors_library_is_heard_in_full_by_who_asks(wish, is_heard):
    assert ('usb_cmd_get_device_count' in run('list', **wish).stderr) == is_heard


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_recording_that_is_ended_can_be_read(stub, tmp_path, number):
    file = tmp_path / 'made.mkv'
    command = [sys.executable, '-m', 'azure_kinect_py.cli.program', '--sdk-library-path']
    with inherited(SIGINT=True, SIGHUP=False):  # a script's background ignores Ctrl-C
        process = subprocess.Popen(
            [*command, k4a_stub.library_folder(), 'record', str(file)],
            env=os.environ | stub.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
    with process:
        try:
            assert 'captures' in process.stdout.readline()
            process.send_signal(number)
            process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    with open_source(SourceOptions(recording_file=str(file), playback_rate=0.0)) as source:
        assert sum(1 for _ in source) > 5


def test_a_recording_that_exists_is_not_replaced_unasked(stub, tmp_path, capsys):
    file = tmp_path / 'made.mkv'
    file.write_text('precious')
    record = ['record', str(file), '--source', 'simulated', '--seconds', '0.1']
    assert program.main(record) == 1
    assert f'{file}: it exists already' in capsys.readouterr().err
    assert file.read_text() == 'precious'
    assert program.main([*record, '--overwrite']) == 0
    assert file.stat().st_size > 100_000


@pytest.mark.parametrize(
    'arguments',
    [['--source', 'simulated'], ['source:=simulated'], ['--ros-args', '-p', 'fps:=5', '--', 'x']],
)
def test_what_is_no_argument_of_the_driver_is_told(arguments, capsys, monkeypatch):
    monkeypatch.setattr(sys, 'argv', ['azure_kinect_node', *arguments])
    assert node.main() == 1
    error = capsys.readouterr().err
    assert 'there is no such argument' in error
    assert '--ros-args -p NAME:=VALUE' in error


def test_a_folder_is_no_recording(tmp_path, capsys):
    record = ['record', str(tmp_path), '--source', 'simulated', '--overwrite']
    assert program.main(record) == 1
    assert f'{tmp_path}: it is a folder' in capsys.readouterr().err


def test_a_file_in_the_home_is_not_replaced_unasked_either(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv('HOME', str(tmp_path))
    (tmp_path / 'made.mkv').write_text('precious')
    record = ['record', '~/made.mkv', '--source', 'simulated', '--seconds', '0.1']
    assert program.main(record) == 1
    assert '~/made.mkv: it exists already' in capsys.readouterr().err
    assert (tmp_path / 'made.mkv').read_text() == 'precious'
    assert program.main([*record, '--overwrite']) == 0
    assert '~/made.mkv: ' in capsys.readouterr().out


@pytest.mark.parametrize('color', [ColorResolution.R720P, ColorResolution.OFF])
@pytest.mark.parametrize('imu_usec', [40_000, 900_000])
def test_a_copy_of_a_recording_is_whole(tmp_path, color, imu_usec):
    config = DeviceConfig(DepthMode.OFF, color)
    made = recordings.record(tmp_path / 'a.mkv', config, count=5, imu_usec=imu_usec)
    copy = str(tmp_path / 'copy.mkv')
    assert program.main(['record', copy, '--source', made.path]) == 0
    with open_source(SourceOptions(recording_file=copy, playback_rate=0.0)) as source:
        events = list(source.events())
    samples = [event for event in events if isinstance(event, ImuSample)]
    assert [sample.acc_time_usec for sample in samples] == [s.acc_time_usec for s in made.imu]
    assert len(events) - len(samples) == len(made.captures)


def test_a_recording_of_nothing_is_an_error_and_no_file(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(SimulatedSource, 'capture', interrupt)
    file = tmp_path / 'made.mkv'
    assert program.main(['record', str(file), '--source', 'simulated']) == 1
    assert f'{file}: nothing came that could be recorded' in capsys.readouterr().err
    assert not file.exists()


def test_a_camera_that_does_not_start_costs_no_file(stub, tmp_path):
    file = tmp_path / 'precious.mkv'
    file.write_text('precious')
    stub['fail.k4a_device_start_cameras'] = 1
    library = ('--sdk-library-path', k4a_stub.library_folder())
    for name in ('precious.mkv', 'new.mkv'):
        record = ('record', str(tmp_path / name), '--overwrite')
        done = run(*library, *record, **stub.environment)
        assert done.returncode == 1
        assert 'the cameras did not start' in done.stderr
    assert file.read_text() == 'precious'
    assert not (tmp_path / 'new.mkv').exists()


def test_a_camera_that_delivers_nothing_is_not_waited_for_without_end(stub, tmp_path):
    stub['device0.stall'] = 1
    file = tmp_path / 'made.mkv'
    library = ('--sdk-library-path', k4a_stub.library_folder())
    done = run(*library, 'record', str(file), '--seconds', '0.5', **stub.environment)
    assert done.returncode == 1
    assert f'{file}: no capture came, only ' in done.stderr


def test_a_second_ctrl_c_does_not_interrupt_closing(tmp_path, capsys, monkeypatch):
    def close_slowly(recorder):
        os.kill(os.getpid(), signal.SIGINT)
        close(recorder)

    close = Recorder.close
    monkeypatch.setattr(Recorder, 'close', close_slowly)
    file = tmp_path / 'made.mkv'
    assert program.main(['record', str(file), '--source', 'simulated', '--seconds', '0.3']) == 0
    assert f'{file}: ' in capsys.readouterr().out


def interrupt(*_):
    raise KeyboardInterrupt


def run_without_reader(*arguments, **environment):
    """Run a command whose standard output is a pipe that nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        return run(*arguments, stdout=writer, **environment)
    finally:
        os.close(writer)


def test_a_reader_that_has_seen_enough_gets_no_traceback():
    done = run_without_reader('info', 'simulated')
    assert 'Error' not in done.stderr
    assert 'azure_kinect:' not in done.stderr
    assert done.returncode == 1


def test_a_recording_goes_on_when_nobody_looks_at_its_progress(stub, tmp_path):
    file = tmp_path / 'made.mkv'
    library = ('--sdk-library-path', k4a_stub.library_folder())
    run_without_reader(*library, 'record', str(file), '--seconds', '2.5', **stub.environment)
    with open_source(SourceOptions(recording_file=str(file), playback_rate=0.0)) as source:
        times = [capture.device_time_usec for capture in source]
    assert times[-1] - times[0] > 2_000_000


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['info', 'simulated', '--fps', '7'], ['fps', '7', '5, 15, 30']),
        (['info', 'simulated', '--depth-mode', 'best'], ['depth-mode', 'best', 'NFOV_UNBINNED']),
        (['info', 'simulated', '--color-resolution', '3072P'], ['fps', '3072P', '15']),
        (
            ['info', 'simulated', '--color-format', 'depth16'],
            ['color-format', 'depth16', 'allowed are MJPG, NV12, YUY2, BGRA32\n'],
        ),
        (['info', 'missing.mkv'], ['missing.mkv', 'No such file']),
        (['record', '/nowhere/a.mkv', '--source', 'missing.mkv'], ['missing.mkv']),
    ],
)
def test_bad_input_is_one_message_and_exit_code_1(arguments, words, capsys):
    assert program.main(arguments) == 1
    message = capsys.readouterr().err
    assert message.startswith('azure_kinect: ')
    assert all(word in message for word in words), message
    assert 'Traceback' not in message


@pytest.mark.parametrize(
    ('name', 'kind'),
    [('', 'device'), ('000123', 'device'), ('simulated', 'simulated'), ('a.mkv', 'playback')],
)
def test_a_source_is_known_by_its_name(name, kind):
    options = program._parser().parse_args(['info', *([name] if name else [])])
    chosen = program.source_options(options)
    assert chosen.source == kind
    assert chosen.sensor_sn == (name if kind == 'device' else '')


def test_a_file_is_a_recording_whatever_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'walk').touch()
    options = program.source_options(program._parser().parse_args(['info', 'walk']))
    assert (options.source, options.recording_file) == ('playback', 'walk')


@pytest.mark.parametrize('seconds', ['-1', 'nan', 'inf', 'long'])
def test_record_refuses_a_duration_that_is_none(seconds, capsys, tmp_path):
    with pytest.raises(SystemExit) as left:
        program.main(
            ['record', str(tmp_path / 'a.mkv'), '--source', 'simulated', '--seconds', seconds]
        )
    assert left.value.code == 2
    error = capsys.readouterr().err
    assert f'--seconds: {seconds} is not possible; allowed are 0 and more' in error


def test_compile_keeps_all_kernels_and_says_where(capsys):
    pytest.importorskip('numba')
    assert program.main(['compile']) == 0
    assert cache_folder() in capsys.readouterr().out


def test_compile_without_a_folder_says_what_to_do():
    nowhere = dict.fromkeys(('HOME', 'XDG_CACHE_HOME', 'NUMBA_CACHE_DIR', 'TMPDIR'), '/dev/null')
    code = (
        "import sys, tempfile; tempfile.tempdir = '/dev/null'\n"
        "from azure_kinect_py.cli import program; sys.exit(program.main(['compile']))"
    )
    done = subprocess.run(
        [sys.executable, '-c', code],
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert 'export NUMBA_CACHE_DIR' in done.stderr


LOADING = """
import sys, time, types
from azure_kinect_py.cli import node
def load():
    print('loading', flush=True)
    time.sleep(60)
sys.modules['azure_kinect_py.ros.node'] = types.SimpleNamespace(main=load)
node.main()
"""


def test_ctrl_c_while_loading_shows_no_traceback():
    with subprocess.Popen(
        [sys.executable, '-c', LOADING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == 'loading\n'
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert errors == ''


def test_the_node_tells_how_to_give_parameters(capsys, monkeypatch):
    monkeypatch.setattr(sys, 'argv', ['azure_kinect_node', '--help'])
    assert node.main() == 0
    assert '--ros-args -p NAME:=VALUE' in capsys.readouterr().out
