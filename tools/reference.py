# SPDX-License-Identifier: Apache-2.0
"""Writes the page and the parameter files that come from the table of parameters."""

from __future__ import annotations

from pathlib import Path

from azure_kinect_py.ros.parameters import Value, reference

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
# Parameters

Written by `make reference` from the table that declares them; a test compares the two.

*live*: may be changed at any time (`ros2 param set`); the others while the node is unconfigured.
A value that is refused says what is allowed. Set them in a file, as launch arguments, or singly
with `--ros-args -p name:=value`; [config/driver.yaml](../config/driver.yaml) has all of them, with
comments.

"""
DRIVER = 'All parameters of the driver at their defaults: ros2 launch with params_file:=<a copy>.'
SIMULATED = 'The simulated camera, with people to track: the driver without any hardware.'
SIMULATED_VALUES: dict[str, Value] = {
    'source': 'simulated',
    'simulated_people': 3,
    'rgb_point_cloud': True,
    'body_tracking_enabled': True,
}


def pages() -> dict[Path, str]:
    """Return each file that is written, and what belongs into it."""
    config = ROOT / 'config'
    return {
        ROOT / 'docs' / 'parameters.md': HEAD + reference.markdown().rstrip() + '\n',
        config / 'driver.yaml': reference.parameter_file(DRIVER),
        config / 'simulated.yaml': reference.parameter_file(SIMULATED, SIMULATED_VALUES),
    }


def main() -> None:
    """Write the files."""
    for path, text in pages().items():
        path.write_text(text)


if __name__ == '__main__':
    main()
