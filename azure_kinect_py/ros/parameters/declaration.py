# SPDX-License-Identifier: Apache-2.0
"""The table of parameters as a ROS node sees it: declared, described, and guarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rcl_interfaces.msg import (
    FloatingPointRange,
    IntegerRange,
    ParameterDescriptor,
    SetParametersResult,
)

from azure_kinect_py.errors import KinectError
from azure_kinect_py.ros.parameters.rows import Parameter
from azure_kinect_py.ros.parameters.settings import ROWS, TABLE, Settings, suggestion

QOS_OVERRIDES = 'qos_overrides.'
FOREIGN = ('use_sim_time', 'start_type_description_service', QOS_OVERRIDES)
"""Parameters that a node has besides the driver's own."""


def declare(node: Any, warn: Callable[[str], None]) -> Settings:
    """
    Declare the table on a node that has declared its overrides by itself, and return the settings.

    :raises ConfigError: on the first value that is not possible; nothing else happens then.
    """
    overrides = node.get_parameters_by_prefix('')
    given = {name: item.value for name, item in overrides.items() if name in ROWS}
    for name in overrides:
        if name not in ROWS and not name.startswith(FOREIGN):
            warn(f'{name}: there is no such parameter{suggestion(name)}')
    settings = Settings.read(given)
    for row in TABLE:
        if row.name in given:
            node.undeclare_parameter(row.name)
        value = given.get(row.name, row.default)
        if row.type == 'double':
            value = float(value)
        node.declare_parameter(row.name, value, describe(row), ignore_override=True)
    return settings


def describe(row: Parameter) -> ParameterDescriptor:
    """Return the descriptor of a parameter."""
    when = 'may be changed at any time' if row.live else 'may be changed while unconfigured only'
    descriptor = ParameterDescriptor(
        description=row.text,
        additional_constraints=f'allowed: {row.allowed}; {when}',
        dynamic_typing=True,
    )
    if row.bounds and not row.or_zero:
        low, high = row.bounds
        if row.type == 'integer':
            descriptor.integer_range = [IntegerRange(from_value=int(low), to_value=int(high))]
        else:
            descriptor.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    return descriptor


def as_declared(parameters: list[Any]) -> list[Any]:
    """Return parameters with what is a double as a double, where it was given as an integer."""
    return [
        type(given)(given.name, value=float(given.value))
        if given.name in ROWS and ROWS[given.name].type == 'double' and type(given.value) is int
        else given
        for given in parameters
    ]


class Guard:
    """
    Decides about new values while the node lives.

    :param locked: Whether values that are not live are refused now.
    :param apply: Called with the new settings and the names that changed; may raise KinectError.
    """

    def __init__(
        self,
        settings: Settings,
        locked: Callable[[], bool],
        apply: Callable[[Settings, frozenset[str]], None],
    ) -> None:
        self.settings = settings
        self._locked = locked
        self._apply = apply

    def __call__(self, parameters: list[Any]) -> SetParametersResult:
        """Check, apply and keep the new values: all of them or none."""
        values = {p.name: p.value for p in parameters if p.name in ROWS}
        deleted = [name for name, value in values.items() if value is None]
        if deleted:
            reason = f'{deleted[0]}: cannot be deleted; allowed are {ROWS[deleted[0]].allowed}'
            return SetParametersResult(successful=False, reason=reason)
        try:
            settings = self.settings.changed(values)
        except KinectError as error:
            return SetParametersResult(successful=False, reason=str(error))
        frozen = [
            name
            for name in values
            if not ROWS[name].live and getattr(settings, name) != getattr(self.settings, name)
        ]
        if frozen and self._locked():
            reason = (
                f'{frozen[0]}: {values[frozen[0]]} is refused, it is read-only while the camera '
                'is open; deactivate and clean up the node first, or start it with the new value'
            )
            return SetParametersResult(successful=False, reason=reason)
        try:
            self._apply(settings, frozenset(values))
        except KinectError as error:
            return SetParametersResult(successful=False, reason=str(error))
        self.settings = settings
        return SetParametersResult(successful=True)
