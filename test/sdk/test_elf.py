# SPDX-License-Identifier: Apache-2.0
"""A library whose loading would end the process is refused, others are left to the loader."""

import struct

import pytest
from helpers import c_library

from azure_kinect_py.errors import LibraryNotFound
from azure_kinect_py.sdk import k4a, loader
from azure_kinect_py.sdk.elf import check_loadable
from azure_kinect_py.sdk.loader import Spec

DYNAMIC = 2
SPEC = Spec(name='libtoy', sonames=(), signatures={'toy': (int,)}, hint='Buy a toy.')


@pytest.fixture
def library(tmp_path):
    """Return a library that is malformed as that of pyk4a-bundle 1.5.0.1 is."""
    path = c_library.build(tmp_path / 'libtoy.so', 'int toy(void) { return 7; }')
    check_loadable(path)
    content = bytearray(path.read_bytes())
    start, size, count = struct.unpack_from('<32xQ14xHH', content)
    for place in range(start, start + size * count, size):
        if struct.unpack_from('<I', content, place)[0] == DYNAMIC:
            struct.pack_into('<Q', content, place + 16, 1 << 40)
    path.write_bytes(content)
    return path


def test_a_malformed_library_is_refused_by_name(library):
    with pytest.raises(LibraryNotFound, match='malformed') as caught:
        loader.load(SPEC, str(library.parent))
    assert str(library) in str(caught.value)
    assert 'Buy a toy.' in str(caught.value)


@pytest.mark.parametrize('content', [b'', b'INPUT(-lk4a)', b'\x7fELF\x02\x01', b'\x7fELF' * 50])
def test_what_is_no_library_of_this_kind_is_left_to_the_loader(tmp_path, content):
    path = tmp_path / 'libtoy.so'
    path.write_bytes(content)
    check_loadable(path)


def test_the_hint_names_the_version_that_can_be_loaded():
    assert 'pyk4a-bundle==1.5.0' in k4a.HINT
