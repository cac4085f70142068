# SPDX-License-Identifier: Apache-2.0
"""
Steers the stub libraries of test/stubs, in this process and in others, and sees what was called.

The names of the settings are explained at the head of each C file. A process takes part when
``K4A_STUB_CONTROL`` names the file before it loads a stub; changes are seen at once.
"""

import dataclasses
import os
import pathlib
import subprocess

import numpy as np

from azure_kinect_py.sdk import loader

VARIABLE = 'K4A_STUB_CONTROL'
STUBS = pathlib.Path(__file__).parents[1] / 'stubs'

_ENTRY = np.dtype(
    [('state', '<i4'), ('reserved', '<i4'), ('value', '<i8'), ('name', 'S64'), ('text', 'S240')]
)
_BLOCK = np.dtype([('calls', '<i8'), ('lines', 'S192', (8192,)), ('entries', _ENTRY, (1024,))])


def _hash(name):  # FNV-1a; control.c has the same
    value = 2166136261
    for byte in name:
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


class StubControl:
    """The control file; numbers and texts by name, and the calls in order."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.write_bytes(bytes(_BLOCK.itemsize))
        self._block = np.memmap(self.path, _BLOCK, 'r+', shape=())

    @property
    def environment(self):
        """What a process that shall take part needs in its environment."""
        return {VARIABLE: str(self.path)}

    def reset(self):
        """Forget all settings and calls."""
        self._block['entries']['value'] = 0
        self._block['entries']['text'] = b''
        self._block['calls'] = 0

    def _entry(self, name):
        entries = self._block['entries']
        wanted = name.encode()
        place = _hash(wanted)
        while True:
            place %= entries.size
            if entries['state'][place] == 0:
                entries['name'][place] = wanted
                entries['state'][place] = 2
            if entries['name'][place] == wanted:
                return entries[place : place + 1]
            place += 1

    def __setitem__(self, name, value):
        if isinstance(value, str):
            self._entry(name)['text'] = value.encode()
        else:
            self._entry(name)['value'] = value

    def __getitem__(self, name):
        return int(self._entry(name)['value'][0])

    def text(self, name):
        return self._entry(name)['text'][0].decode()

    def fail(self, function, result=1, *, after=0, times=0, log='', reason=''):
        """
        Let a function return ``result``, after some good calls, some times (0: always).

        It logs ``log`` on the calling thread, and ``reason`` on one of the library's own.
        """
        self[f'fail.{function}.after'] = after
        self[f'fail.{function}.times'] = times
        self[f'log.{function}'] = log
        self[f'reason.{function}'] = reason
        self[f'fail.{function}'] = result

    def mend(self, function):
        """Let a function succeed again."""
        self[f'fail.{function}'] = 0

    def count(self, function):
        """Return how often a function was called."""
        return self[f'calls.{function}']

    def calls(self, *prefixes):
        """Return the newest calls in order, with their arguments; those of some prefixes only."""
        number = int(self._block['calls'])
        size = self._block['lines'].size
        kept = range(max(0, number - size), number)
        lines = [self._block['lines'][i % size].split(b'\0')[0].decode().rstrip() for i in kept]
        return [line for line in lines if line.startswith(prefixes or ('',))]

    def handles(self):
        """Return the handles that the stubs have given and not got back, by kind."""
        entries = self._block['entries']
        return {
            entry['name'].decode(): int(entry['value'])
            for entry in entries[entries['state'] == 2]
            if entry['name'].startswith((b'handles.', b'violations')) and entry['value']
        }


@dataclasses.dataclass(frozen=True)
class Stub:
    """How to build a stub: what it is called, and from what."""

    soname: str
    sources: tuple[str, ...]
    flags: tuple[str, ...] = ()
    linked: bool = False  # with the real libk4a, whose other functions it then offers


def real_k4a():
    """Return the path of the real libk4a of the wheel."""
    return next(path for folder in loader.wheel_folders() for path in folder.glob('libk4a-*.so*'))


def build(stub, folder):
    """Compile a stub into a folder, under the name that the driver looks for."""
    target = pathlib.Path(folder) / stub.soname
    real = real_k4a()
    sources = [STUBS / name for name in ('control.c', *stub.sources)]
    subprocess.run(
        [
            os.environ.get('CC', 'cc'), '-std=gnu11', '-O2', '-Wall', '-Wextra', '-Werror',
            '-Wno-format-zero-length', '-shared', '-fPIC', '-fvisibility=hidden', '-pthread',
            '-Wl,-Bsymbolic', f'-Wl,-soname,{stub.soname}', f'-DREAL_K4A="{real}"',
            *stub.flags, '-o', target, *sources,
            *([real, f'-Wl,-rpath,{real.parent}'] if stub.linked else ['-ldl']),
        ],
        check=True,
    )  # fmt: skip
    return target
