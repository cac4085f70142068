# SPDX-License-Identifier: Apache-2.0
"""
What one row of the parameter table is: type, default, what is allowed, and how a value is read.

A row is a dataclass field whose metadata hold a :class:`Parameter`; the functions below make them.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from azure_kinect_py.errors import ConfigError

Value = bool | int | float | str
"""What a ROS parameter of this driver holds."""

SERIAL_DIGITS = 12

NAMES_OF_TYPES = {int: 'a number', float: 'a number', bool: 'true or false'}


@dataclasses.dataclass(frozen=True)
class Parameter:
    """
    One parameter.

    :ivar default: As a user writes it.
    :ivar choices: What is allowed -> what it means; empty when anything of the type is.
    :ivar hidden: Further spellings that are understood (Microsoft's, numbers), same form.
    :ivar bounds: Smallest and largest number.
    :ivar or_zero: 0 is allowed too, outside the bounds, and means automatic.
    :ivar step: Numbers are multiples of it.
    :ivar live: May be changed while the driver runs.
    :ivar words: What is allowed, in words, where that is checked elsewhere.
    :ivar by_modes: Unset, it is what the modes in use allow; files have its default as a comment.
    """

    name: str
    default: Value
    text: str
    group: str = ''
    choices: Mapping[Value, Any] = dataclasses.field(default_factory=dict)
    hidden: Mapping[Value, Any] = dataclasses.field(default_factory=dict)
    bounds: tuple[float, float] | None = None
    or_zero: bool = False
    step: int = 0
    live: bool = False
    serial: bool = False
    words: str = ''
    by_modes: bool = False

    @property
    def type(self) -> str:
        """Name of its ROS type: bool, integer, double or string."""
        return {bool: 'bool', int: 'integer', float: 'double', str: 'string'}[type(self.default)]

    @property
    def allowed(self) -> str:
        """What is allowed, in words."""
        if self.words:
            return self.words
        if self.choices:
            return ', '.join(str(choice) for choice in self.choices)
        if self.bounds is None:
            return {'bool': 'true, false', 'string': 'any string'}.get(self.type, 'any number')
        low, high = self.bounds
        words = f'{low} to {high}'
        if self.step > 1:
            words += f' in steps of {self.step}'
        return f'0, or {words}' if self.or_zero else words

    def parse(self, value: object) -> Any:
        """
        Return what ``value`` means.

        :raises ConfigError: naming the parameter, the value, and what is allowed.
        """
        if self.choices:
            return self._choose(value)
        if self.type == 'string':
            return self._text(value)
        if self.type == 'bool':
            if not isinstance(value, bool):
                self._refuse(value)
            return value
        return self._number(value)

    def _choose(self, value: object) -> Any:
        known = {str(key).lower(): item for key, item in {**self.hidden, **self.choices}.items()}
        key = 'off' if value is False else str(value).lower()  # YAML reads OFF as false
        if key not in known:
            self._refuse(value)
        return known[key]

    def _text(self, value: object) -> str:
        if isinstance(value, str):
            return value
        if self.serial and type(value) is int and len(str(value)) == SERIAL_DIGITS:
            return str(value)
        hint = f'a string; quote it: "{self.name}: \'...\'" in YAML'
        if self.serial:
            hint += (
                f', -p "{self.name}:=\'...\'" on the command line, '
                'or leading zeros of the serial number are lost'
            )
        kind = NAMES_OF_TYPES.get(type(value), 'a list')
        raise ConfigError(f'{self.name}: {value} came as {kind}; allowed is {hint}')

    def _number(self, value: object) -> int | float:
        kinds = (int, float) if self.type == 'double' else (int,)
        if isinstance(value, bool) or not isinstance(value, kinds):
            self._refuse(value)
        if math.isfinite(value) and self._in_bounds(value):
            return float(value) if self.type == 'double' else value
        return self._refuse(value)

    def _in_bounds(self, value: float) -> bool:
        if self.bounds is None or (self.or_zero and value == 0):
            return True
        low, high = self.bounds
        return low <= value <= high and (self.step < 2 or value % self.step == 0)

    def _refuse(self, value: object) -> NoReturn:
        shown = repr(value) if isinstance(value, str) else str(value).lower()
        raise ConfigError(f'{self.name}: {shown} is not possible; allowed are {self.allowed}')


def row(default: Value, text: str, **details: Any) -> Any:
    """Return the dataclass field of a parameter; its value is what the default means."""
    parameter = Parameter(name='', default=default, text=text, **details)
    return dataclasses.field(default=parameter.parse(default), metadata={'parameter': parameter})


def names(kind: type[enum.Enum], *, lower: bool = False) -> dict[Value, Any]:
    """Return the names of an enum's members, as users write them, -> the members."""
    found = {getattr(member, 'label', member.name): member for member in kind}
    return {(name.lower() if lower else name): member for name, member in found.items()}


def same(*choices: Value) -> dict[Value, Any]:
    """Return choices that mean themselves."""
    return {choice: choice for choice in choices}


def parameters_of(group: type[Any]) -> list[Parameter]:
    """Return the parameters that a group's fields declare, under the group's title."""
    title = (group.__doc__ or '').strip().splitlines()[0].rstrip('.')
    return [
        dataclasses.replace(field.metadata['parameter'], name=field.name, group=title)
        for field in dataclasses.fields(group)
        if field.name in group.__annotations__
    ]
