# SPDX-License-Identifier: Apache-2.0
"""The tools are no package that is installed: they are imported from the root."""

import pytest


@pytest.fixture(autouse=True)
def tools(request, monkeypatch):
    monkeypatch.syspath_prepend(request.config.rootpath)
