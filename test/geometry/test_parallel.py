# SPDX-License-Identifier: Apache-2.0
"""Work is done once, whole, wherever it runs, and errors come back."""

import threading
import time

import pytest

from azure_kinect_py.geometry import parallel


def rows_done(idle, monkeypatch, rows=1000, pause=0.0):
    monkeypatch.setattr(parallel, '_is_core_idle', lambda: idle)
    done, threads = [], set()

    def work(first, last):
        time.sleep(pause)
        threads.add(threading.get_ident())
        done.extend(range(first, last))

    parallel.in_halves(work, rows)
    return sorted(done), threads


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


def test_does_not_wait_for_a_helper_that_is_busy(monkeypatch):
    release = threading.Event()
    busy = parallel._helper().submit(release.wait, 30)
    try:
        done, threads = rows_done(True, monkeypatch)
    finally:
        release.set()
    busy.result()
    assert done == list(range(1000))
    assert threads == {threading.get_ident()}


@pytest.mark.parametrize('fails', [0, 500])
def test_errors_come_back_from_either_half(fails, monkeypatch):
    monkeypatch.setattr(parallel, '_is_core_idle', lambda: True)

    def work(first, last):
        time.sleep(0.02)
        if first == fails:
            raise ValueError(f'at {first}')

    with pytest.raises(ValueError, match=f'at {fails}'):
        parallel.in_halves(work, 1000)


def test_an_idle_core_is_looked_for_quickly():
    parallel._is_core_idle()
    start = time.thread_time()
    for _ in range(100):
        assert parallel._is_core_idle() in (True, False)
    assert time.thread_time() - start < 0.1
