# SPDX-License-Identifier: Apache-2.0
"""The QoS of the driver's publishers, which users may override by parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rcl_interfaces.msg import SetParametersResult
from rclpy.qos import HistoryPolicy, QoSProfile, ReliabilityPolicy
from rclpy.qos_overriding_options import InvalidQosOverridesError, QoSOverridingOptions

from azure_kinect_py.errors import ConfigError
from azure_kinect_py.ros.log import reason
from azure_kinect_py.ros.parameters.declaration import QOS_OVERRIDES

_POLICIES = ('depth', 'history', 'reliability')
_ALLOWED = (
    'allowed are depth 1 or more, history keep_last or keep_all, '
    'reliability reliable or best_effort'
)
_REFUSALS = (
    InvalidQosOverridesError,
    AssertionError,
    AttributeError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What rclpy raises for values of a wrong type, or that do not exist."""


def create_publisher(node: Any, kind: type[Any], name: str, depth: int) -> Any:
    """
    Return a reliable lifecycle publisher with a queue of ``depth`` messages, or as parameters say.

    :raises ConfigError: when what they say is not possible.
    """
    qos = QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=depth, reliability=ReliabilityPolicy.RELIABLE
    )
    options = QoSOverridingOptions.with_default_policies(callback=_check)
    try:
        return node.create_lifecycle_publisher(kind, name, qos, qos_overriding_options=options)
    except _REFUSALS as error:
        prefix = _prefix(node.resolve_topic_name(name))
        given = node.get_parameters_by_prefix(prefix)
        values = ', '.join(f'{policy} {wish.value!r}' for policy, wish in sorted(given.items()))
        raise ConfigError(
            f'{prefix}: {values} is not possible; {_ALLOWED} ({reason(error)})'
        ) from error


def _check(qos: QoSProfile) -> SetParametersResult:
    """Refuse what rclpy takes although it means something else: the system's default, mostly."""
    is_possible = (
        qos.depth >= 1
        and qos.history in (HistoryPolicy.KEEP_LAST, HistoryPolicy.KEEP_ALL)
        and qos.reliability in (ReliabilityPolicy.RELIABLE, ReliabilityPolicy.BEST_EFFORT)
    )
    return SetParametersResult(successful=is_possible, reason='' if is_possible else 'no such QoS')


def overrides(node: Any) -> list[str]:
    """Return the names of the overrides that the user gave a node which has no publishers yet."""
    return [name for name in node.get_parameters_by_prefix('') if name.startswith(QOS_OVERRIDES)]


def without_effect(given: Iterable[str], topics: Iterable[str]) -> str:
    """
    Return what to tell a user of overrides that nothing listens to; empty if there are none.

    :param given: Of :func:`overrides`.
    :param topics: Full names of the topics that have publishers.
    """
    topics = sorted(set(topics))
    known = {f'{_prefix(topic)}.{policy}' for topic in topics for policy in _POLICIES}
    names = sorted(set(given) - known)
    if not names:
        return ''
    return (
        f'without effect: {", ".join(names)}; in these modes there are '
        f'{QOS_OVERRIDES}<topic>.publisher.<policy> with a topic of {", ".join(topics)} '
        f'and a policy of {", ".join(_POLICIES)}'
    )


def _prefix(topic: str) -> str:
    return f'{QOS_OVERRIDES}{topic}.publisher'
