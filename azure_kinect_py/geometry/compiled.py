# SPDX-License-Identifier: Apache-2.0
"""How kernels are compiled: the one place that knows numba's options and its cache."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

F = TypeVar('F', bound=Callable[..., object])


def kernel(function: F) -> F:
    """
    Compile a function on arrays and floats, without the GIL.

    The machine code is cached beside the source or in the user's cache folder; where neither can
    be written (a read-only install run by a user without a home), it is compiled at each start.
    """
    options: dict[str, Any] = {'nogil': True, 'fastmath': False, 'error_model': 'numpy'}
    try:
        compiled: F = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba found no place for its cache
        compiled = numba.njit(**options)(function)
    return compiled
