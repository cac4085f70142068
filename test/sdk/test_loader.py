# SPDX-License-Identifier: Apache-2.0
"""Where the vendor's libraries are found, and what is said when they are not."""

import ctypes
import pathlib
import platform
import re

import pytest
from helpers import c_library

from azure_kinect_py.errors import LibraryNotFound
from azure_kinect_py.sdk import k4a, k4arecord, loader
from azure_kinect_py.sdk.loader import Spec

SPEC = Spec(
    name='libtoy',
    sonames=('libtoy.so.7',),
    signatures={
        'toy_add': (ctypes.c_int, ctypes.c_int, ctypes.c_int),
        'toy_half': (ctypes.c_double,),
    },
    optional={'toy_extra': (ctypes.c_int,)},
    companions=('libtoyhelp*.so',),
    hint='Buy a toy.',
)
ADD = 'int toy_add(int a, int b) { return a + b; }'
HALF = 'double toy_half(void) { return 0.5; }'


def test_the_wheel_has_both_libraries():
    for library in (k4a.load(), k4arecord.load()):
        assert pathlib.Path(library.path).is_file()
    assert 'k4arecord' in k4arecord.load().path


def test_a_library_is_loaded_once_for_each_folder():
    assert k4a.load() is k4a.load()
    folder = str(pathlib.Path(k4a.load().path).parent)
    assert k4a.load(folder) is k4a.load(folder)
    assert k4a.load(folder).path == k4a.load().path


def test_signatures_are_applied(tmp_path):
    c_library.build(tmp_path / 'libtoy.so', ADD + HALF)
    library = loader.load(SPEC, str(tmp_path))
    assert library.toy_add(2, 3) == 5
    assert library.toy_half() == 0.5
    assert library.path == str(tmp_path / 'libtoy.so')
    assert library.names == {'toy_add', 'toy_half'}


def test_a_file_of_the_folder_may_be_named(tmp_path):
    c_library.build(tmp_path / 'libtoy.so', ADD + HALF)
    assert loader.load(SPEC, str(tmp_path / 'libtoy.so')).toy_add(1, 1) == 2


def test_libraries_of_two_folders_live_side_by_side(tmp_path):
    for name, sign in (('plus', '+'), ('minus', '-')):
        (tmp_path / name).mkdir()
        c_library.build(tmp_path / name / 'libtoy.so', ADD.replace('+', sign) + HALF)
    plus, minus = (loader.load(SPEC, str(tmp_path / name)) for name in ('plus', 'minus'))
    assert (plus.toy_add(5, 3), minus.toy_add(5, 3)) == (8, 2)


def test_companions_are_loaded_first(tmp_path):
    c_library.build(tmp_path / 'libtoyhelp.so', 'int toy_help(void) { return 0; }')
    c_library.build(tmp_path / 'libtoy.so', ADD + HALF)
    loader.load(SPEC, str(tmp_path))
    assert str(tmp_path / 'libtoyhelp.so') in pathlib.Path('/proc/self/maps').read_text()


def test_missing_functions_are_named(tmp_path):
    c_library.build(tmp_path / 'libtoy.so', ADD)
    with pytest.raises(LibraryNotFound, match='lacks toy_half') as caught:
        loader.load(SPEC, str(tmp_path))
    assert str(tmp_path / 'libtoy.so') in str(caught.value)
    assert 'Buy a toy.' in str(caught.value)


def test_optional_functions_are_refused_when_used(tmp_path):
    c_library.build(tmp_path / 'libtoy.so', ADD + HALF)
    library = loader.load(SPEC, str(tmp_path))
    with pytest.raises(LibraryNotFound, match=r'libtoy\.so lacks toy_extra'):
        library.toy_extra()
    c_library.build(tmp_path / 'libtoy.so.2', ADD + HALF + 'int toy_extra(void) { return 9; }')
    (tmp_path / 'libtoy.so').unlink()
    assert loader.load(SPEC, str(tmp_path)).toy_extra() == 9


def test_all_places_are_listed(monkeypatch, tmp_path):
    monkeypatch.setattr(loader, 'wheel_folders', lambda: [tmp_path / 'wheel'])
    with pytest.raises(LibraryNotFound) as caught:
        loader.load(SPEC, str(tmp_path))
    message = str(caught.value)
    places = [str(tmp_path / 'libtoy.so'), 'system, libtoy.so.7', str(tmp_path / 'wheel')]
    assert [message.find(place) > 0 for place in places] == [True] * 3
    assert message.endswith('Buy a toy.')


def test_a_folder_that_is_not_there_is_no_wish_for_another(tmp_path):
    with pytest.raises(LibraryNotFound, match=re.escape(f'sdk_library_path {tmp_path}/typo: not')):
        k4a.load(str(tmp_path / 'typo'))


def test_the_vendors_packages_may_be_unpacked_by_hand(tmp_path):
    """Some of their libraries are in a folder for the machine's kind, below that of the others."""
    folder = tmp_path / f'{platform.machine()}-linux-gnu'
    folder.mkdir()
    c_library.build(folder / 'libtoy.so', ADD + HALF)
    assert loader.load(SPEC, str(tmp_path)).path == str(folder / 'libtoy.so')


def test_a_broken_library_is_not_replaced(tmp_path):
    (tmp_path / 'libk4a.so.1.4').write_bytes(b'no library')
    with pytest.raises(LibraryNotFound, match=r'libk4a\.so\.1\.4: '):
        k4a.load(str(tmp_path))


def test_a_folder_without_the_library_leads_further(tmp_path):
    assert k4a.load(str(tmp_path)).path == k4a.load().path


def test_the_wheel_is_found_wherever_python_looks(monkeypatch, tmp_path):
    (tmp_path / loader.WHEEL_FOLDER).mkdir()
    c_library.build(tmp_path / loader.WHEEL_FOLDER / 'libtoy-12ab.so.7.0', ADD + HALF)
    monkeypatch.syspath_prepend(tmp_path)
    assert loader.load(SPEC).path.endswith('libtoy-12ab.so.7.0')


def test_the_depth_engine_of_the_wheel_is_found():
    engine = k4a.depth_engine(k4a.load())
    assert engine.name.startswith('libdepthengine.so')
