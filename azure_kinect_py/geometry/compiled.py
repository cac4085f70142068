# SPDX-License-Identifier: Apache-2.0
"""
How kernels are compiled: the one place that knows numba's options and its cache.

Machine code is kept in the first of these folders that can be written, in a sub-folder named after
a digest of this package's kernels, because numba notices a change in a kernel's own file only, and
not in the kernels that it calls: ``$NUMBA_CACHE_DIR``, the user's cache folder
(``$XDG_CACHE_HOME`` or ``~/.cache``), the folder for temporary files. Where none can be written,
kernels are compiled at each start. The install folder is never written. Sub-folders that no start
has used for a month, of other versions, are removed.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import numba
from llvmlite import binding as llvm
from numba.core import caching
from numba.core.runtime.nrt import rtsys

F = TypeVar('F', bound=Callable[..., object])

UNUSED_S = 30 * 24 * 3600.0

_config: Any = numba.config
_FunctionCache: Any = caching.FunctionCache
_OPTIONS: dict[str, Any] = {'error_model': 'numpy'}  # no exception where a number is 0
# Rounding may differ; NaN and infinity stay what they are.
_REORDERED = {'contract', 'nsz', 'arcp'}


def _use_whole_vectors() -> None:
    """
    Use the 512 bits of AVX-512, of which the compiler prefers 256 on Intel's processors.

    It does so because wide vectors lower the clock of the first ones that have them, which are
    left alone. Our kernels take 10 to 14 % less time with 512 (on an Emerald Rapids). Like all of
    numba's settings it holds for the process; whoever sets ``NUMBA_CPU_NAME`` or
    ``NUMBA_CPU_FEATURES`` decides.
    """
    if _config.CPU_NAME is not None or _config.CPU_FEATURES is not None or not _config.ENABLE_AVX:
        return
    with contextlib.suppress(RuntimeError):  # raised where LLVM does not know the processor
        features = llvm.get_host_cpu_features()
        if features.get('avx512vbmi2'):  # Ice Lake, Zen 4, and later
            _config.CPU_FEATURES = f'{features.flatten()},-prefer-256-bit'


_use_whole_vectors()


def kernel(function: F) -> F:
    """Compile a function on arrays and numbers, without the GIL, rounding as written."""
    return _compile(function, fastmath=False)


def fast_kernel(function: F) -> F:
    """Compile like :func:`kernel`, with fused multiply-adds and reciprocals where they help."""
    return _compile(function, fastmath=_REORDERED)


def part(function: F) -> F:
    """Compile a piece of kernels into each of them, so that their loops become vectors."""
    return _inline(function, fastmath=False)


def fast_part(function: F) -> F:
    """Compile like :func:`part`, for fast kernels."""
    return _inline(function, fastmath=_REORDERED)


class _KernelCache(_FunctionCache):  # type: ignore[misc]
    """
    Machine code of a kernel, in files that may be damaged, on a disk that may be full.

    What cannot be read, after a power failure say, is compiled anew; what cannot be written is not
    kept. numba raises in both cases.
    """

    def load_overload(self, signature: Any, context: Any) -> Any:
        try:
            with _only_run_time(context):
                return super().load_overload(signature, context)
        except Exception:  # noqa: BLE001 (pickle raises anything)
            with contextlib.suppress(OSError):
                self.flush()  # the index too may be what is damaged, and is read when saving
            return None

    def save_overload(self, *what: Any) -> None:
        with contextlib.suppress(Exception):
            super().save_overload(*what)


@contextlib.contextmanager
def _only_run_time(context: Any) -> Iterator[None]:
    """
    Let numba prepare what kernels need to run, instead of all that they are compiled with.

    That takes 0.1 s, which a start whose kernels are all cached need not wait for. numba holds its
    lock meanwhile, and prepares the rest itself before it compiles something.
    """
    context.refresh = lambda: rtsys.initialize(context)
    try:
        yield
    finally:
        del context.refresh


def _compile(function: F, fastmath: bool | set[str]) -> F:
    compiled: Any = numba.njit(nogil=True, fastmath=fastmath, **_OPTIONS)(function)
    with _pointed_at_cache() as is_cached:
        if is_cached and compiled is not function:  # as it is where numba is switched off
            compiled._cache = _KernelCache(function)  # noqa: SLF001 (numba has no other way)
    kept: F = compiled
    return kept


def _inline(function: F, fastmath: bool | set[str]) -> F:
    compiled: F = numba.njit(forceinline=True, fastmath=fastmath, **_OPTIONS)(function)
    return compiled


@contextlib.contextmanager
def _pointed_at_cache() -> Iterator[bool]:
    """Point numba at the cache while a kernel is declared; tell whether there is one."""
    folder = cache_folder()
    before = _config.CACHE_DIR
    _config.CACHE_DIR = folder
    try:
        yield bool(folder)
    finally:
        _config.CACHE_DIR = before


@functools.cache
def cache_folder() -> str:
    """Return the folder of the compiled kernels; empty where none can be written."""
    sources = sorted(Path(__file__).parent.glob('*.py'))
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sources:
        digest.update(source.read_bytes())
    name = digest.hexdigest()[:16]
    for parent in _parents():
        folder = parent / 'azure_kinect_py' / name
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                os.utime(folder)
        except OSError:
            continue
        _prune(folder)
        return str(folder)
    return ''


def _prune(used: Path) -> None:
    """Remove the folders beside the one in use that no start has used for a month."""
    long_ago = time.time() - UNUSED_S
    with contextlib.suppress(OSError):
        for folder in used.parent.iterdir():
            is_ours = re.fullmatch(r'[0-9a-f]{16}', folder.name) and not folder.is_symlink()
            if is_ours and folder != used and folder.stat().st_mtime < long_ago:
                shutil.rmtree(folder, ignore_errors=True)


def _parents() -> Iterator[Path]:
    if _config.CACHE_DIR:
        yield Path(_config.CACHE_DIR)
    with contextlib.suppress(RuntimeError):  # there may be no home
        yield Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache')
    shared = Path(tempfile.gettempdir()) / f'azure_kinect_py-{os.getuid()}'
    with contextlib.suppress(OSError):
        shared.mkdir(mode=0o700, exist_ok=True)
        if shared.stat().st_uid == os.getuid():  # what others put there must not be run
            yield shared
