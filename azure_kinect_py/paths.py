# SPDX-License-Identifier: Apache-2.0
"""Paths as users write them."""

from __future__ import annotations

import os
import pathlib


def absolute(path: str | os.PathLike[str]) -> pathlib.Path:
    """
    Return the absolute path that a user means, ``~`` expanded.

    Where that is not known (no such user, or a container's user without a home), ``~`` stays, and
    whoever opens the file says that it is not there.
    """
    return pathlib.Path(os.path.expanduser(path)).absolute()  # noqa: PTH111 (pathlib's raises)


def is_special(path: pathlib.Path) -> bool:
    """Return whether there is something that is neither file nor folder; opening it may hang."""
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except OSError:
        return False
