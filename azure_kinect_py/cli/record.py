# SPDX-License-Identifier: Apache-2.0
"""``azure_kinect record``: write a recording of any source."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from azure_kinect_py.errors import CaptureTimeout, RecordingError, StreamEnded
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.sources.base import Source
from azure_kinect_py.sources.recorder import Recorder


def record(options: SourceOptions, file: str, seconds: float, *, overwrite: bool = False) -> int:
    """
    Write what a source delivers until it ends, ``seconds`` are over, or Ctrl-C; return 0.

    :param seconds: 0 for no limit.
    :param overwrite: Replace a file that exists.
    :raises KinectError: when the source or the file fails; what was written until then is kept.
    """
    if not overwrite and Path(file).exists():
        raise RecordingError(f'{file}: it exists already', hint='--overwrite replaces it.')
    with _ending_as_by_ctrl_c():
        source = open_source(options)
        try:
            with Recorder.of(file, source, library_path=options.sdk_library_path) as recorder:
                source.start()
                with contextlib.suppress(KeyboardInterrupt, StreamEnded):
                    _write(source, recorder, seconds)
        finally:
            source.close()
    size = Path(file).stat().st_size / 1e6
    print(
        f'{file}: {recorder.captures} captures, {recorder.imu_samples} IMU samples, {size:.1f} MB'
    )
    return 0


@contextlib.contextmanager
def _ending_as_by_ctrl_c() -> Iterator[None]:
    """
    Let a closed terminal, ``kill`` and systemd end it as well: the file must be closed.

    So does SIGINT where a shell has it ignored, as in a script's background; nohup is heeded.
    """
    ending = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        ending.append(signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in ending}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write(source: Source, recorder: Recorder, seconds: float) -> None:
    started = shown = 0.0
    while not seconds or not started or time.monotonic() - started < seconds:
        with contextlib.suppress(CaptureTimeout), source.capture() as capture:
            recorder.write(capture)
            started = started or time.monotonic()
        # After the capture, and never far ahead of the next: the file is written in time order.
        with contextlib.suppress(CaptureTimeout):
            for sample in source.imu(0.0) if source.has_imu else ():
                recorder.write_imu(sample)
        if time.monotonic() - max(shown, started) >= 1.0:
            shown = time.monotonic()
            _show(f'{shown - started:5.0f} s  {recorder.captures} captures')


def _show(progress: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever looked on is gone; the file is wanted
        print(progress, flush=True)
