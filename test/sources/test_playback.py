# SPDX-License-Identifier: Apache-2.0
"""Recordings that the vendor's library wrote, played back."""

import pytest
from helpers import recordings
from helpers.source_contract import SourceContract

from azure_kinect_py.sources import SourceOptions, open_source


@pytest.fixture(scope='session')
def recording(tmp_path_factory):
    return recordings.record(tmp_path_factory.mktemp('recordings') / 'small.mkv', count=15)


class TestContract(SourceContract):
    @pytest.fixture
    def opener(self, recording):
        return lambda: open_source(SourceOptions(recording_file=recording.path))
