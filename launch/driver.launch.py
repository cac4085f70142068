# SPDX-License-Identifier: Apache-2.0
"""
Launches the driver; every parameter of it is an argument.

An argument that is not given does not count, so that a params_file, or the default, does. Values
reach the node as they are written: serial numbers keep their leading zeros.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import yaml
from ament_index_python.packages import (
    PackageNotFoundError,
    get_package_prefix,
    get_package_share_directory,
)
from launch.actions import DeclareLaunchArgument, OpaqueFunction
from launch.substitutions import Command
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from azure_kinect_py.ros.parameters import ROWS, TABLE
from azure_kinect_py.ros.parameters.reference import written
from azure_kinect_py.ros.rviz import fitted
from launch import LaunchContext, LaunchDescription, LaunchDescriptionEntity

PACKAGE = 'azure_kinect_py'
NODE = 'azure_kinect_node'
ARGUMENTS = {
    'params_file': ('', 'Parameter file; arguments that are given go before it.'),
    'namespace': ('k4a', 'Namespace of the node and its topics.'),
    'rviz': ('false', 'Show everything in RViz: true, false.'),
    'robot_description': (
        'auto',
        'Publish the body of the camera: true, false, auto (if xacro is installed).',
    ),
    'use_sim_time': ('false', 'Stamp with the time on /clock: true, false.'),
    'log_level': ('info', 'Log level of the node: debug, info, warn, error.'),
}


def generate_launch_description() -> LaunchDescription:
    """Return the driver, and what shows it."""
    given: dict[str, str] = {}

    def remember(context: LaunchContext) -> None:
        """Note what was given, before what was not gets its default."""
        values = context.launch_configurations
        names = [*ROWS, 'use_sim_time']
        given.update({name: values[name] for name in names if name in values})

    arguments = [
        DeclareLaunchArgument(name, default_value=default, description=description)
        for name, (default, description) in ARGUMENTS.items()
    ]
    parameters = [
        DeclareLaunchArgument(
            row.name,
            default_value=written(row.default),
            description=f'{row.text} Allowed: {row.allowed}.',
        )
        for row in TABLE
    ]
    return LaunchDescription(
        [
            OpaqueFunction(function=remember),
            *arguments,
            *parameters,
            OpaqueFunction(function=launch, args=[given]),
        ]
    )


def launch(context: LaunchContext, given: dict[str, str]) -> list[LaunchDescriptionEntity]:
    """Return the nodes."""
    chosen = {name: context.launch_configurations[name] for name in ARGUMENTS}
    values = from_file(chosen['params_file'], chosen['namespace'])
    values |= {name: bare(value) for name, value in given.items()}
    nodes = [driver(chosen, given)]
    if wants_robot_description(chosen['robot_description']):
        nodes.append(robot_description(chosen['namespace'], values))
    if is_true('rviz', chosen['rviz']):
        nodes.append(rviz(chosen['namespace'], values))
    return nodes


def is_true(name: str, value: object) -> bool:
    """Return what a value of an argument means."""
    text = str(value).lower()
    if text not in ('true', '1', 'false', '0'):
        raise ValueError(f'{name}: {value} is not possible; allowed are true, false')
    return text in ('true', '1')


def driver(chosen: dict[str, str], given: dict[str, str]) -> Node:
    """Return the driver's node."""
    arguments = ['--log-level', chosen['log_level']]
    if chosen['params_file']:
        arguments += ['--params-file', chosen['params_file']]
    for name, value in given.items():
        arguments += ['-p', f'{name}:={quoted(name, value)}']
    return Node(
        package=PACKAGE,
        executable=NODE,
        namespace=chosen['namespace'],
        output='screen',
        emulate_tty=True,
        ros_arguments=arguments,
    )


def quoted(name: str, value: str) -> str:
    """
    Return a value as rcl reads it; a string must not look like a number or a boolean.

    Quotes that a user has put around it already, as ``-p`` needs them, do not become part of it.
    """
    if name not in ROWS:
        return str(is_true(name, value)).lower()
    if ROWS[name].type != 'string':
        return value
    return "'" + bare(value).replace("'", "''") + "'"


def bare(value: str) -> str:
    """Return a string without the quotes around it."""
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in '\'"'
    return value[1:-1] if is_quoted else value


def wants_robot_description(choice: str) -> bool:
    """Return whether to publish the camera's body."""
    if choice != 'auto':
        return is_true('robot_description', choice)
    try:
        get_package_prefix('xacro')
        get_package_prefix('robot_state_publisher')
    except PackageNotFoundError:
        return False
    return True


def robot_description(namespace: str, values: dict[str, object]) -> Node:
    """Return the publisher of the camera's body, its frames named as the driver's."""
    model = Path(get_package_share_directory(PACKAGE)) / 'urdf' / 'azure_kinect.urdf.xacro'
    convention = ROWS['frame_convention']
    names = {
        'tf_prefix': values.get('tf_prefix', ''),
        'convention': convention.parse(values.get('frame_convention', convention.default)),
    }
    command = ['xacro ', str(model), *(f' {key}:={value}' for key, value in names.items())]
    return Node(
        package='robot_state_publisher',
        executable='robot_state_publisher',
        namespace=namespace,
        parameters=[
            {
                'robot_description': ParameterValue(Command(command), value_type=str),
                'use_sim_time': is_true('use_sim_time', values.get('use_sim_time', False)),
            }
        ],
    )


def from_file(path: str, namespace: str) -> dict[str, object]:
    """Return the parameters that a parameter file sets of the driver's node."""
    node = f'/{namespace.strip("/")}/{NODE}'.replace('//', '/')
    return parameters_in(yaml.safe_load(Path(path).read_text()), node) if path else {}


def parameters_in(tree: object, node: str, pattern: str = '') -> dict[str, object]:
    """
    Return the parameters in a branch of a parameter file.

    :param node: Full name of the node.
    :param pattern: What of it the branch is for: * stands for a name, ** for any number.
    """
    found: dict[str, object] = {}
    for name, branch in tree.items() if isinstance(tree, dict) else ():
        if name != 'ros__parameters':
            found.update(parameters_in(branch, node, f'{pattern}/{str(name).strip("/")}'))
        elif re.fullmatch(pattern.replace('/**', '(/[^/]+)*').replace('/*', '/[^/]+'), node):
            found.update(branch or {})
    return found


def rviz(namespace: str, values: dict[str, object]) -> Node:
    """Return RViz with everything that the driver publishes, however it is launched."""
    config = Path(get_package_share_directory(PACKAGE)) / 'rviz' / 'azure_kinect.rviz'
    text = config.read_text()
    if (wanted := fitted(text, namespace, values)) != text:
        with tempfile.NamedTemporaryFile('w', suffix='.rviz', delete=False) as changed:
            changed.write(wanted)
        config = Path(changed.name)
    return Node(
        package='rviz2',
        executable='rviz2',
        arguments=['-d', str(config)],
        parameters=[{'use_sim_time': is_true('use_sim_time', values.get('use_sim_time', False))}],
    )
