# SPDX-License-Identifier: Apache-2.0
"""What several tests of the ROS layer need."""

import pytest
from helpers.ros_graph import Graph


@pytest.fixture
def graph():
    """Return a ROS graph of the test's own."""
    with Graph() as graph:
        yield graph
