# SPDX-License-Identifier: Apache-2.0
"""What a process inherits from the shell that starts it."""

import contextlib
import signal


@contextlib.contextmanager
def inherited(**dispositions):
    """Let processes that start in this context ignore signals, or not: ``SIGHUP=True``."""
    before = {
        number: signal.signal(number, signal.SIG_IGN if ignored else signal.SIG_DFL)
        for number, ignored in ((signal.Signals[name], on) for name, on in dispositions.items())
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
