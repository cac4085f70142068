# SPDX-License-Identifier: Apache-2.0
"""
Find and load a vendor library, and apply its table of signatures.

The search goes: the folder that the user names, and in it that for libraries of this machine's
kind, as Debian has it; the system; the folder of libraries in the ``pyk4a-bundle`` wheel. What the
user's folder has is taken from there or refused, never replaced behind their back; what it lacks
is looked for further on.
"""

from __future__ import annotations

import ctypes
import pathlib
import platform
import site
import sys
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from azure_kinect_py.errors import LibraryNotFound
from azure_kinect_py.paths import absolute
from azure_kinect_py.sdk import log, results
from azure_kinect_py.sdk.elf import check_loadable

Signatures = Mapping[str, tuple[Any, ...]]
"""Name of a C function -> its result type and the types of its arguments."""

WHEEL_FOLDER = 'pyk4a_bundle.libs'


class Spec(NamedTuple):
    """
    A library to look for.

    :ivar name: ``libk4a``.
    :ivar sonames: Names the system's loader is asked for, best first.
    :ivar signatures: The functions that must be there.
    :ivar optional: Functions of some builds only.
    :ivar companions: Patterns of what must be loaded first where it lies in the same folder.
    :ivar hint: What to install.
    """

    name: str
    sonames: tuple[str, ...]
    signatures: Signatures
    hint: str
    optional: Signatures = types.MappingProxyType({})
    companions: tuple[str, ...] = ()


class Library:
    """
    A loaded library: its functions are attributes, called by their C names.

    :ivar path: The file it came from.
    :ivar names: The functions that it has of its table, optional ones included.
    """

    def __init__(self, functions: ctypes.CDLL, spec: Spec) -> None:
        missing = []
        self.names = set()
        for name, row in {**spec.signatures, **spec.optional}.items():
            try:
                function = getattr(functions, name)
            except AttributeError:
                missing += [name] if name in spec.signatures else []
                continue
            function.restype, *arguments = row
            function.argtypes = arguments
            function.errcheck = results.check
            may_fail = function.restype in results.FAMILIES
            setattr(self, name, results.marked(function) if may_fail else function)
            self.names.add(name)
        self.path = _path_of(functions, spec)
        if missing:
            raise LibraryNotFound(f'{self.path} lacks {", ".join(missing)}')

    def __getattr__(self, name: str) -> Any:
        """Raise LibraryNotFound for an optional function that this build does not have."""
        if name.startswith('__'):
            raise AttributeError(name)
        raise LibraryNotFound(f'{self.path} lacks {name}')


def load(spec: Spec, library_path: str = '') -> Library:
    """
    Load a library.

    :param library_path: The user's folder of vendor libraries (or a file in it); empty for none.
    :raises LibraryNotFound: listing where it was looked for, and what to install.
    """
    log.prepare()
    tried: list[str] = []
    for place in _places(spec, library_path):
        try:
            return Library(place.open(), spec)
        except (OSError, LibraryNotFound) as error:
            tried.append(f'{place}: {error}')
            if place.binding:
                break
    looked = '\n'.join(f'  {line}' for line in tried)
    raise LibraryNotFound(f'{spec.name} was not found or does not fit:\n{looked}', hint=spec.hint)


class _Place(NamedTuple):
    """A file of a folder, or a name for the system's loader."""

    name: str
    file: pathlib.Path | None = None
    companions: tuple[str, ...] = ()
    binding: bool = False

    def __str__(self) -> str:
        return self.name if self.file else f'system, {self.name}'

    def open(self) -> ctypes.CDLL:
        if self.file is None:
            return ctypes.CDLL(self.name)
        if not self.file.exists():
            raise FileNotFoundError('not there')
        check_loadable(self.file)
        for pattern in self.companions:
            for companion in _matching(self.file.parent, pattern):
                _preload(companion)
        return ctypes.CDLL(str(self.file))


def _places(spec: Spec, library_path: str) -> Iterator[_Place]:
    if library_path:
        folder = absolute(library_path)
        if not folder.exists():
            yield _Place(f'sdk_library_path {folder}', folder, binding=True)
            return
        folder = folder if folder.is_dir() else folder.parent
        yield from _in_folder(spec, folder, binding=True)
    for soname in spec.sonames:
        yield _Place(soname)
    for folder in wheel_folders():
        yield from _in_folder(spec, folder)


def _in_folder(spec: Spec, folder: pathlib.Path, *, binding: bool = False) -> Iterator[_Place]:
    # The vendor's packages, unpacked by hand, have some libraries in the latter.
    folders = folder, folder / f'{platform.machine()}-linux-gnu'
    patterns = f'{spec.name}.so*', f'{spec.name}-*.so*'
    files = [file for place in folders for name in patterns for file in _matching(place, name)]
    if files:
        yield _Place(str(files[0]), files[0], spec.companions, binding=binding)
    else:
        # Said in the error's list, and no reason to end the search.
        yield _Place(str(folder / f'{spec.name}.so*'), folder / f'{spec.name}.so')


def _matching(folder: pathlib.Path, pattern: str) -> list[pathlib.Path]:
    return sorted(folder.glob(pattern), key=lambda path: (len(path.name), path.name))


def _preload(path: pathlib.Path) -> None:
    try:
        ctypes.CDLL(str(path))
    except OSError:  # the library that needs it will say so, or can do without
        return


def wheel_folders() -> list[pathlib.Path]:
    """Return the folders of the wheel's libraries, whichever Python the wheel is tagged for."""
    roots: Iterable[str] = dict.fromkeys(
        [*sys.path, *site.getsitepackages(), site.getusersitepackages()]
    )
    folders = [pathlib.Path(root or '.').absolute() / WHEEL_FOLDER for root in roots]
    return [folder for folder in folders if folder.is_dir()] or folders[-1:]


class _SymbolInfo(ctypes.Structure):  # Dl_info
    _fields_ = (
        ('file', ctypes.c_char_p),
        ('base', ctypes.c_void_p),
        ('symbol', ctypes.c_char_p),
        ('address', ctypes.c_void_p),
    )


def _path_of(functions: ctypes.CDLL, spec: Spec) -> str:
    """Return the file that a library came from, which the system's loader may have chosen."""
    for name in reversed(list(spec.signatures)):  # the last ones are its own, not a dependency's
        function = getattr(functions, name, None)
        info = _SymbolInfo()
        address = ctypes.cast(function, ctypes.c_void_p) if function else None
        if ctypes.CDLL(None).dladdr(address, ctypes.byref(info)) and info.file:
            return str(pathlib.Path(info.file.decode()).absolute())
    return spec.name
