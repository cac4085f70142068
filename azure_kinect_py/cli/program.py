# SPDX-License-Identifier: Apache-2.0
"""The program ``azure_kinect``: its commands and their arguments."""

from __future__ import annotations

import argparse
import logging
import math
import os
import pathlib
import sys
from collections.abc import Callable, Sequence

from azure_kinect_py import modes
from azure_kinect_py.errors import ConfigError, KinectError
from azure_kinect_py.sdk import log as sdk_log
from azure_kinect_py.sources import SourceOptions

COLOR_FORMATS = [form.name for form in modes.ImageFormat if form.is_color]
SOURCE_HELP = 'serial number of a camera, path of a recording, or "simulated"; default: any camera'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; an error is one message on standard error and exit code 1."""
    logging.basicConfig(format='%(message)s', level=logging.WARNING)
    sdk_log.show_if_asked_for()
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        code = command(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads, as head does, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains
        return 1
    except KinectError as error:
        print(f'azure_kinect: {error}', file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        'azure_kinect', description='Tools for the Azure Kinect DK and compatible cameras.'
    )
    parser.add_argument(
        '--sdk-library-path', default='', metavar='FOLDER', help="of the vendor's libraries"
    )
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    command = commands.add_parser('list', help='which cameras are connected')
    command.set_defaults(command=_list)
    command = commands.add_parser('info', help='firmware, modes and calibration of a source')
    command.set_defaults(command=_info)
    _add_source(command, positional=True)
    command = commands.add_parser('record', help='write a recording (.mkv) of a source')
    command.set_defaults(command=_record)
    command.add_argument('file', help='the recording to write')
    command.add_argument(
        '--seconds', type=_duration, default=0.0, help='how long; default, and 0: until Ctrl-C'
    )
    command.add_argument('--overwrite', action='store_true', help='replace the file if it exists')
    _add_source(command, positional=False)
    command = commands.add_parser('compile', help='all kernels, so that the first start is quick')
    command.set_defaults(command=_compile)
    command = commands.add_parser('doctor', help='what is wrong here, and how to mend it')
    command.set_defaults(command=_doctor)
    return parser


def _duration(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f'{text} is not possible; allowed are 0 and more')
    return seconds


def _add_source(command: argparse.ArgumentParser, *, positional: bool) -> None:
    if positional:
        command.add_argument('source', nargs='?', default='', metavar='SOURCE', help=SOURCE_HELP)
    else:
        command.add_argument('--source', default='', metavar='SOURCE', help=SOURCE_HELP)
    defaults = modes.DeviceConfig()
    for option, kind, value in (
        ('--depth-mode', modes.DepthMode, defaults.depth_mode.name),
        ('--color-resolution', modes.ColorResolution, defaults.color_resolution.label),
        ('--color-format', modes.ImageFormat, defaults.color_format.name),
    ):
        allowed = COLOR_FORMATS if kind is modes.ImageFormat else modes.labels(kind)
        command.add_argument(option, default=value, metavar='MODE', help=', '.join(allowed))
    command.add_argument('--fps', type=int, default=defaults.fps.hz, help='5, 15, 30')


def _color_format(name: str) -> modes.ImageFormat:
    if name.upper() not in COLOR_FORMATS:
        allowed = ', '.join(COLOR_FORMATS)
        raise ConfigError(f'color-format: {name!r} is unknown; allowed are {allowed}')
    return modes.ImageFormat[name.upper()]


def source_options(options: argparse.Namespace) -> SourceOptions:
    """
    Return the source that the arguments name.

    :raises ConfigError: for a mode that does not exist, or modes that cannot be combined.
    """
    config = modes.DeviceConfig(
        depth_mode=modes.parse(modes.DepthMode, options.depth_mode, 'depth-mode'),
        color_resolution=modes.parse(
            modes.ColorResolution, options.color_resolution, 'color-resolution'
        ),
        color_format=_color_format(options.color_format),
        fps=modes.Fps.from_hz(options.fps),
    ).check()
    name: str = options.source
    path = options.sdk_library_path
    if name == 'simulated':
        return SourceOptions('simulated', config, sdk_library_path=path)
    if '.' in name or '/' in name or pathlib.Path(name).is_file():
        return SourceOptions('playback', config, recording_file=name, sdk_library_path=path)
    return SourceOptions('device', config, sensor_sn=name, sdk_library_path=path)


def _list(options: argparse.Namespace) -> int:
    from azure_kinect_py.cli import cameras  # noqa: PLC0415 (each command loads what it needs)

    return cameras.list_cameras(options.sdk_library_path)


def _info(options: argparse.Namespace) -> int:
    from azure_kinect_py.cli import info  # noqa: PLC0415

    return info.show(source_options(options))


def _record(options: argparse.Namespace) -> int:
    from azure_kinect_py.cli import record  # noqa: PLC0415

    return record.record(
        source_options(options), options.file, options.seconds, overwrite=options.overwrite
    )


def _compile(_options: argparse.Namespace) -> int:
    from azure_kinect_py.cli import kernels  # noqa: PLC0415

    return kernels.compile_all()


def _doctor(options: argparse.Namespace) -> int:
    from azure_kinect_py.cli import doctor  # noqa: PLC0415

    return doctor.examine(doctor.Machine(library_path=options.sdk_library_path))


if __name__ == '__main__':
    sys.exit(main())
