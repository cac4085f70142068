# SPDX-License-Identifier: Apache-2.0
"""Indices become ids, and background stays background."""

import dataclasses

import numpy as np
from helpers.crowd import crowd

from azure_kinect_py.ros.body_index_map import body_id_map


def frame(*ids):
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    return dataclasses.replace(crowd(*ids), index_map=indices)


def test_ids_modulo_255():
    ids = [3, 254, 255, 256, 1_000_000]
    result = body_id_map(frame(*ids)).ravel()
    assert result[:5].tolist() == [3, 254, 0, 1, 1_000_000 % 255]
    assert set(result[5:]) == {255}


def test_nobody_is_all_background():
    assert set(body_id_map(frame()).ravel()) == {255}


def test_writes_into_the_buffer_of_a_message():
    buffer = bytearray(256)
    out = np.frombuffer(buffer, np.uint8).reshape(16, 16)
    given = frame(9)
    assert body_id_map(given, out) is out
    assert buffer[0] == 9
    assert buffer[1] == 255
    assert given.index_map[0, 0] == 0
