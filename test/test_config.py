# SPDX-License-Identifier: Apache-2.0
"""The settings of the middlewares are well formed, say what they mean to, and get installed."""

import json
import re
import runpy
from xml.etree import ElementTree as ET

import pytest

CYCLONE = {
    'General/MaxMessageSize': set(),
    'Internal/SocketReceiveBufferSize': {'max'},
    'Internal/SocketSendBufferSize': {'max'},
}
"""Element -> attributes, as the schema of Cyclone DDS has them."""

SIZE = r'\d+ (B|KiB|MiB)'


@pytest.fixture
def folder(request):
    return request.config.rootpath / 'config'


def test_cyclone_has_only_names_of_its_schema_and_sizes_with_a_unit(folder):
    space = '{https://cdds.io/config}'
    root = ET.parse(folder / 'cyclonedds.xml').getroot()
    assert root.tag == f'{space}CycloneDDS'
    (domain,) = root
    assert domain.tag == f'{space}Domain'
    assert domain.attrib == {'Id': 'any'}
    found = {}
    for group in domain:
        for element in group:
            name = f'{group.tag}/{element.tag}'.replace(space, '')
            found[name] = set(element.attrib)
            sizes = [*element.attrib.values(), (element.text or '').strip()]
            assert all(re.fullmatch(SIZE, size) for size in sizes if size)
    assert found == CYCLONE


def test_zenoh_is_json_with_comments_and_turns_shared_memory_on(folder):
    text = re.sub(r'^\s*//.*$', '', (folder / 'zenoh.json5').read_text(), flags=re.MULTILINE)
    settings = json.loads(text)
    assert settings['transport']['shared_memory'] == {'enabled': True}
    assert settings['mode'] == 'peer'
    assert settings['connect']['endpoints'] == ['tcp/localhost:7447']
    assert settings['timestamping']['enabled']['peer'] is True


@pytest.mark.parametrize('profile', ['fastdds.xml', 'fastdds2.xml'])
def test_fast_dds_uses_the_transports_that_it_describes(folder, profile):
    root = ET.parse(folder / profile).getroot()
    described = [item.text for item in root.iterfind('.//{*}transport_descriptor/{*}transport_id')]
    used = [item.text for item in root.iterfind('.//{*}userTransports/{*}transport_id')]
    assert described == used


def test_all_settings_are_installed(folder, monkeypatch):
    installed = {}
    monkeypatch.chdir(folder.parent)
    monkeypatch.setattr('setuptools.setup', lambda **options: installed.update(options))
    runpy.run_path('setup.py')
    data = dict(installed['data_files'])
    files = {path.name for path in folder.iterdir()}
    assert {path.rpartition('/')[2] for path in data['share/azure_kinect_py/config']} == files
    assert files > {'cyclonedds.xml', 'fastdds.xml', 'fastdds2.xml', 'zenoh.json5'}
