# SPDX-License-Identifier: Apache-2.0
"""The command line: ``azure_kinect list``, ``info``, ``record``, ``compile`` and ``doctor``."""

import signal


def main() -> int:
    """Run a command; Ctrl-C while it is loaded ends it without a traceback."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    from azure_kinect_py.cli import program  # noqa: PLC0415 (loading it takes a while)

    signal.signal(signal.SIGINT, before)
    return program.main()
