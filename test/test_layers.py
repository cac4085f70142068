# SPDX-License-Identifier: Apache-2.0
"""The layers of the package, which pyproject.toml draws, hold."""

import re

import pytest

KNOW_A_NODE = {'autostart.py', 'node.py', 'program.py'}


def test_imports_follow_the_layers(request, monkeypatch):
    importlinter = pytest.importorskip('importlinter.cli', reason='import-linter is not installed')
    monkeypatch.chdir(request.config.rootpath)
    assert importlinter.lint_imports(no_cache=True) == importlinter.EXIT_STATUS_SUCCESS


def test_only_the_node_knows_a_node(request):
    folder = request.config.rootpath / 'azure_kinect_py' / 'ros'
    knowing = re.compile(r'^\s*(from|import) rclpy(\.node|\.lifecycle)?\b(?!\.)', re.MULTILINE)
    found = {path.name for path in folder.rglob('*.py') if knowing.search(path.read_text())}
    assert found <= KNOW_A_NODE


def test_files_stay_small(request):
    folder = request.config.rootpath / 'azure_kinect_py'
    lengths = {path: len(path.read_text().splitlines()) for path in folder.rglob('*.py')}
    assert max(lengths.values()) <= 400, max(lengths, key=lambda path: lengths[path])
