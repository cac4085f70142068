# SPDX-License-Identifier: Apache-2.0
"""Work is done once, whole, wherever it runs, and errors come back."""

import contextlib
import gc
import threading
import time
import weakref

import pytest

from azure_kinect_py.geometry import parallel


def rows_done(idle, monkeypatch, rows=1000, pause=0.0):
    monkeypatch.setattr(parallel, 'is_core_idle', lambda: idle)
    done, threads = [], set()

    def work(first, last):
        time.sleep(pause)
        threads.add(threading.get_ident())
        done.extend(range(first, last))

    parallel.in_halves(work, rows)
    return sorted(done), threads


@pytest.fixture
def busy_helper():
    release = threading.Event()
    busy = parallel._helper().submit(release.wait, 30)
    yield release
    release.set()
    busy.result()


def test_alone_where_no_core_is_idle(monkeypatch):
    done, threads = rows_done(False, monkeypatch)
    assert done == list(range(1000))
    assert threads == {threading.get_ident()}


def test_with_another_thread_where_a_core_is_idle(monkeypatch):
    done, threads = rows_done(True, monkeypatch, pause=0.05)
    assert done == list(range(1000))
    assert len(threads) == 2


def test_small_images_are_not_worth_it(monkeypatch):
    done, threads = rows_done(True, monkeypatch, rows=100, pause=0.05)
    assert done == list(range(100))
    assert threads == {threading.get_ident()}


@pytest.mark.usefixtures('busy_helper')
def test_does_not_wait_for_a_helper_that_is_busy(monkeypatch):
    done, threads = rows_done(True, monkeypatch)
    assert done == list(range(1000))
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize('fails', [0, 500])
def test_errors_come_back_from_either_half(fails, monkeypatch):
    monkeypatch.setattr(parallel, 'is_core_idle', lambda: True)

    def work(first, last):
        time.sleep(0.02)
        if first == fails:
            raise ValueError(f'at {first}')

    with pytest.raises(ValueError, match=f'at {fails}'):
        parallel.in_halves(work, 1000)


def test_work_beside_is_done_over_there():
    work = parallel.Beside(threading.get_ident)
    time.sleep(0.1)
    assert work.result() not in (threading.get_ident(), None)


@pytest.mark.usefixtures('busy_helper')
def test_work_that_has_not_begun_is_done_by_who_wants_it():
    assert parallel.Beside(threading.get_ident).result() == threading.get_ident()


def test_work_that_is_dropped_is_never_begun(busy_helper):
    done = []
    parallel.Beside(lambda: done.append(1)).drop()
    busy_helper.set()
    parallel._helper().submit(int).result()
    assert not done


def test_work_that_is_dropped_while_it_is_done_has_ended():
    begun, ended = threading.Event(), threading.Event()

    def work():
        begun.set()
        time.sleep(0.1)
        ended.set()

    beside = parallel.Beside(work)
    assert begun.wait(10)
    beside.drop()
    assert ended.is_set()


def test_errors_come_back_from_beside():
    with pytest.raises(ZeroDivisionError):
        parallel.Beside(lambda: 1 / 0).result()


def test_what_fails_beside_is_freed_at_once_when_it_is_dropped(monkeypatch):
    monkeypatch.setattr(parallel, 'is_core_idle', lambda: True)

    def fail_beside(image):
        beside = parallel.Beside(lambda: image.nothing)
        try:
            beside.result()
        finally:
            beside.drop()

    def fail_in_halves(image):
        def work(first, _last):
            time.sleep(0.02)
            if first:
                raise AttributeError(image)

        parallel.in_halves(work, 1000)

    gc.disable()  # as good as in the driver
    try:
        for fail in (fail_beside, fail_in_halves):
            image = threading.Event()
            seen = weakref.ref(image)
            with contextlib.suppress(AttributeError):
                fail(image)
            del image
            parallel._helper().submit(int).result()  # over there it is forgotten too
            assert seen() is None, fail
    finally:
        gc.enable()


@pytest.mark.parametrize(('running', 'is_idle'), [(1, True), (2, False), (5, False)])
def test_a_core_is_idle_while_fewer_threads_run_than_there_are_cores(
    running, is_idle, monkeypatch
):
    monkeypatch.setattr(parallel.os, 'sched_getaffinity', lambda _: {0, 1})
    monkeypatch.setattr(parallel.os, 'pread', lambda *_: f'0.5 0.4 0.3 {running}/99 7'.encode())
    assert parallel.is_core_idle() == is_idle


def test_no_core_is_idle_where_that_cannot_be_known(monkeypatch):
    def fail(*_):
        raise OSError

    monkeypatch.setattr(parallel.os, 'sched_getaffinity', lambda _: {0, 1})
    monkeypatch.setattr(parallel.os, 'pread', fail)
    assert not parallel.is_core_idle()
    monkeypatch.setattr(parallel.os, 'sched_getaffinity', lambda _: {0})
    assert not parallel.is_core_idle()
