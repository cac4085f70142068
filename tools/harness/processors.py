# SPDX-License-Identifier: Apache-2.0
"""What became of the processors' time: what a run was too slow for, if not for the driver."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Processors(NamedTuple):
    """
    Time of all processors together since they started, in clock ticks; or a share of it.

    :ivar idle: What nobody wanted.
    :ivar stolen: What a virtual machine wanted, and its host gave to others.
    """

    total: float
    idle: float
    stolen: float

    def since(self, earlier: Processors) -> Processors:
        """Return the shares of the time since then, each from 0 to 1."""
        total = max(1, self.total - earlier.total)
        return Processors(
            1, (self.idle - earlier.idle) / total, (self.stolen - earlier.stolen) / total
        )


def processors(file: Path = Path('/proc/stat')) -> Processors:
    """Return the time of all processors until now; proc(5) describes the file."""
    first = file.read_text().partition('\n')[0]
    user, nice, system, idle, waiting, irq, soft_irq, stolen = map(int, first.split()[1:9])
    total = user + nice + system + idle + waiting + irq + soft_irq + stolen
    return Processors(total, idle + waiting, stolen)
