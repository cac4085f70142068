# SPDX-License-Identifier: Apache-2.0
"""``azure_kinect record``: write a recording of any source."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator

from azure_kinect_py.errors import CaptureTimeout, RecordingError, StreamEnded
from azure_kinect_py.paths import absolute
from azure_kinect_py.sources import SourceOptions, open_source
from azure_kinect_py.sources.base import Source
from azure_kinect_py.sources.recorder import NOTHING, Recorder

_PATIENCE_S = 5.0
"""For the first capture, which the time that was asked for begins with."""


def record(options: SourceOptions, file: str, seconds: float, *, overwrite: bool = False) -> int:
    """
    Write what a source delivers until it ends, ``seconds`` are over, or Ctrl-C; return 0.

    :param seconds: 0 for no limit.
    :param overwrite: Replace a file that exists.
    :raises KinectError: when the source or the file fails, or nothing came; what was written until
        then is kept.
    """
    path = absolute(file)
    if path.is_dir():
        raise RecordingError(f'{path}: it is a folder; name a file in it')
    if not overwrite and path.exists():
        raise RecordingError(f'{file}: it exists already', hint='--overwrite replaces it.')
    with _ending_as_by_ctrl_c() as ending:
        source = open_source(options)
        try:
            source.start()  # before the file is made, or replaced
            with Recorder.of(path, source, library_path=options.sdk_library_path) as recorder:
                with contextlib.suppress(KeyboardInterrupt):
                    _write(source, recorder, seconds)
                for number in ending:
                    signal.signal(number, signal.SIG_IGN)  # the file is being closed
        finally:
            source.close()
    if recorder.remove_if_empty():
        raise RecordingError(f'{file}: {NOTHING}')
    if not (recorder.captures or source.lossless):
        raise RecordingError(f'{file}: no capture came, only {recorder.imu_samples} IMU samples')
    size = path.stat().st_size / 1e6
    lost = f' ({recorder.missing} are missing)' if recorder.missing else ''
    print(
        f'{file}: {recorder.captures} captures{lost}, {recorder.imu_samples} IMU samples, '
        f'{size:.1f} MB'
    )
    return 0


@contextlib.contextmanager
def _ending_as_by_ctrl_c() -> Iterator[list[signal.Signals]]:
    """
    Let a closed terminal, ``kill`` and systemd end it as well; yield the signals that do.

    So does SIGINT where a shell has it ignored, as in a script's background; nohup is heeded.
    """
    ending = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        ending.append(signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in ending}
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _write(source: Source, recorder: Recorder, seconds: float) -> None:
    began, started, shown = time.monotonic(), 0.0, 0.0
    while not seconds or time.monotonic() - (started or began + _PATIENCE_S) < seconds:
        try:
            with contextlib.suppress(CaptureTimeout), source.capture() as capture:
                recorder.write(capture)
                started = started or time.monotonic()
        except StreamEnded:
            break
        # After the capture, and never far ahead of the next: the file is written in time order.
        _write_samples(source, recorder, 0.0)
        if started and time.monotonic() - max(shown, started) >= 1.0:
            shown = time.monotonic()
            _show(f'{shown - started:5.0f} s  {recorder.captures} captures')
    else:
        return
    while source.lossless and _write_samples(source, recorder, 1.0):
        pass  # a recording may have samples after its last capture, or nothing else


def _write_samples(source: Source, recorder: Recorder, timeout: float) -> bool:
    """Write the IMU samples that wait; return False when there will be none any more."""
    try:
        samples = source.imu(timeout) if source.has_imu else []
    except CaptureTimeout:
        return True
    except StreamEnded:
        return False
    for sample in samples:
        recorder.write_imu(sample)
    return source.has_imu


def _show(progress: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # whoever looked on is gone; the file is wanted
        print(progress, flush=True)
