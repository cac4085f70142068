# SPDX-License-Identifier: Apache-2.0
"""Where machine code is kept, in processes of their own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from llvmlite import binding as llvm

PROGRAM = """
import tempfile
import numpy as np
{before}
from azure_kinect_py.geometry.compiled import cache_folder
from azure_kinect_py.geometry.pixels import _to_metres, depth_to_metres
depth_to_metres(np.ones((2, 2), np.uint16), np.empty((2, 2), np.float32))
print(cache_folder() or 'none', sum(_to_metres.stats.cache_hits.values()))
"""


def run(before='', **environment):
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ('NUMBA_CACHE_DIR', 'XDG_CACHE_HOME', 'HOME', 'TMPDIR')
    }
    result = python(PROGRAM.format(before=before), {**inherited, **environment})
    folder, hits = result.stdout.split()
    return folder, int(hits)


def python(program, environment):
    return subprocess.run(
        [sys.executable, '-c', program],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )


def test_the_users_cache_folder_serves_the_next_start(tmp_path):
    first = run(XDG_CACHE_HOME=str(tmp_path))
    assert first[0].startswith(f'{tmp_path}/azure_kinect_py/')
    assert first[1] == 0
    assert run(XDG_CACHE_HOME=str(tmp_path)) == (first[0], 1)


LATER = """
import sys
import numpy as np
from azure_kinect_py.geometry.pixels import depth_to_metres, ir_to_mono8
COMPILER = 'numba.cpython.mathimpl'
depth_to_metres(np.ones((2, 2), np.uint16), np.empty((2, 2), np.float32))
loaded = COMPILER in sys.modules
mono = ir_to_mono8(np.full((2, 2), 1000, np.uint16), 0.1, np.empty((2, 2), np.uint8))
print(loaded, COMPILER in sys.modules, mono.tolist())
"""


def test_the_compiler_is_loaded_when_it_is_needed(tmp_path):
    place = {**os.environ, 'NUMBA_CACHE_DIR': str(tmp_path)}
    python(PROGRAM.format(before=''), place)
    pixels = '[[100, 100], [100, 100]]'
    assert python(LATER, place).stdout == f'False True {pixels}\n'
    assert python(LATER, place).stdout == f'False False {pixels}\n'


@pytest.mark.parametrize('setting', ['NUMBA_CACHE_DIR', 'HOME'])
def test_other_places(setting, tmp_path):
    folder, _ = run(**{'HOME': str(tmp_path / 'home'), setting: str(tmp_path)})
    assert folder.startswith(str(tmp_path))


def test_without_a_home_that_can_be_written(tmp_path):
    folder, _ = run(HOME='/dev/null', TMPDIR=str(tmp_path))
    assert folder.startswith(f'{tmp_path}/azure_kinect_py-{os.getuid()}/')


def test_where_nothing_can_be_written_it_still_works():
    # Temporary files go to the working folder where all else fails: to none that exists, here.
    places = dict.fromkeys(('HOME', 'XDG_CACHE_HOME', 'NUMBA_CACHE_DIR'), '/dev/null')
    assert run(**places, before="tempfile.tempdir = '/dev/null'") == ('none', 0)


@pytest.mark.parametrize('ending', ['nbi', 'nbc'])
@pytest.mark.parametrize('damage', [lambda data: b'', lambda data: data[: len(data) // 2]])
def test_what_a_power_failure_left_is_compiled_anew(tmp_path, ending, damage):
    folder, _ = run(XDG_CACHE_HOME=str(tmp_path))
    files = list(Path(folder).rglob(f'*.{ending}'))
    assert files
    for file in files:
        file.write_bytes(damage(file.read_bytes()))
    assert run(XDG_CACHE_HOME=str(tmp_path)) == (folder, 0)
    assert run(XDG_CACHE_HOME=str(tmp_path)) == (folder, 1)


def test_on_a_full_disk_it_still_works(tmp_path):
    full = 'import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))'
    folder, hits = run(XDG_CACHE_HOME=str(tmp_path), before=full)
    assert hits == 0
    assert not list(Path(folder).rglob('*.nb?'))


def test_the_install_folder_is_not_written(tmp_path):
    before = sorted(Path('azure_kinect_py/geometry').rglob('*.nb?'))
    run(XDG_CACHE_HOME=str(tmp_path))
    assert sorted(Path('azure_kinect_py/geometry').rglob('*.nb?')) == before


def test_folders_of_other_versions_go_after_a_month_without_use(tmp_path):
    parent = tmp_path / 'azure_kinect_py'
    ages = {'0123456789abcdef': 40, 'fedcba9876543210': 20, 'not-ours': 40}
    for name, days in ages.items():
        (parent / name / 'inner').mkdir(parents=True)
        (parent / name / 'inner' / 'kernel.nbc').write_text('code')
        then = time.time() - days * 24 * 3600
        os.utime(parent / name, (then, then))
    used, _ = run(XDG_CACHE_HOME=str(tmp_path))
    assert {path.name for path in parent.iterdir()} == {
        'fedcba9876543210',
        'not-ours',
        Path(used).name,
    }


def test_the_folder_in_use_stays_however_old_it_is(tmp_path):
    used, _ = run(XDG_CACHE_HOME=str(tmp_path))
    os.utime(used, (0, 0))
    assert run(XDG_CACHE_HOME=str(tmp_path)) == (used, 1)
    assert Path(used).stat().st_mtime > time.time() - 3600


WIDTH = """
import numba
import azure_kinect_py.geometry.compiled
import numpy as np

@numba.njit
def add(a, b, out):
    for i in range(len(out)):
        out[i] = a[i] + b[i]

add(*np.ones((3, 64), np.float32))
assembly, = add.inspect_asm().values()
print('zmm' in assembly)
"""


def uses_512_bits(**environment):
    done = python(WIDTH, {**os.environ, **environment})
    assert not done.stderr
    return done.stdout.strip() == 'True'


def test_vectors_are_as_wide_as_the_processor_has_them():
    # Without it, compilers prefer half of that on Intel's processors.
    assert uses_512_bits() == llvm.get_host_cpu_features().get('avx512vbmi2', False)


def test_whoever_sets_numbas_own_variables_decides():
    assert not uses_512_bits(NUMBA_CPU_NAME='x86-64', NUMBA_CPU_FEATURES='')
    assert not uses_512_bits(NUMBA_ENABLE_AVX='0')
