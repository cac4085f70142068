# SPDX-License-Identifier: Apache-2.0
"""What takes long is said, and when it is over; a warning that comes again at once is left out."""

import logging
import threading

import pytest

from azure_kinect_py.ros import log as log_module
from azure_kinect_py.ros.log import FromPython, Log


class Logger:
    def __init__(self):
        self.said = []
        self.heard = threading.Event()

    def info(self, message):
        self.said.append(message)
        self.heard.set()

    warning = error = info


@pytest.fixture
def logger():
    return Logger()


def test_long_work_is_said_while_it_goes_on_and_when_it_is_over(logger, monkeypatch):
    monkeypatch.setattr(log_module, 'LONG_S', 0.05)
    with Log(logger).work('compiling'):
        assert logger.heard.wait(10)
        assert logger.said == ['compiling']
    assert logger.said[1:] == ['done, after 0 s']


def test_short_work_is_not_worth_a_word(logger):
    with Log(logger).work('compiling'):
        pass
    assert not logger.said
    assert all(not isinstance(thread, threading.Timer) or thread.finished.is_set()
               for thread in threading.enumerate())  # fmt: skip


def test_the_end_is_said_after_the_note_and_not_without(logger, monkeypatch):
    """However work ends when the note is about to be said."""

    class Late(threading.Timer):
        def cancel(self):
            assert asked.wait(10)  # too late
            go_on.set()
            super().cancel()

    def info(message):
        asked.set()
        assert go_on.wait(10)
        say(message)

    asked, go_on, say = threading.Event(), threading.Event(), logger.info
    monkeypatch.setattr(log_module, 'LONG_S', 0.0)
    monkeypatch.setattr(log_module.threading, 'Timer', Late)
    monkeypatch.setattr(logger, 'info', info)
    with Log(logger).work('compiling'):
        pass
    assert logger.said == ['compiling', 'done, after 0 s']


def test_a_failure_is_not_hidden_behind_the_note(logger, monkeypatch):
    monkeypatch.setattr(log_module, 'LONG_S', 0.0)
    with pytest.raises(ValueError, match='broken'), Log(logger).work('compiling'):
        raise ValueError('broken')
    assert not any(said.startswith('done') for said in logger.said)


def test_a_warning_again_at_once_is_left_out(logger):
    log = Log(logger)
    for _ in range(3):
        log.warning('one')
        log.warning('another')
    assert logger.said == ['one', 'another']


def test_what_the_layers_below_say_is_handed_on_until_it_is_closed(logger):
    below = logging.getLogger('azure_kinect_py.sources.somewhere')
    handler = FromPython(Log(logger))
    below.warning('of %d', 7)
    below.error('of %d', 8)
    below.debug('nobody asked')
    handler.close()
    below.warning('after the end')
    assert logger.said == ['of 7', 'of 8']
