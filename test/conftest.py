# SPDX-License-Identifier: Apache-2.0
"""What all tests share."""

import contextlib
import warnings

# The generated messages import a parser that uses what Python deprecates: not our warning.
with warnings.catch_warnings(), contextlib.suppress(ImportError):
    warnings.simplefilter('ignore')
    import rosidl_generator_py  # noqa: F401
