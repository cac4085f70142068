# SPDX-License-Identifier: Apache-2.0
"""The documents say what the code does."""

import re

import pytest
from helpers.advertised import advertised

LINK = re.compile(r'\]\(([^)#]+?)(?:#([^)]*))?\)')


@pytest.fixture
def root(request):
    return request.config.rootpath


def test_the_reference_is_what_the_table_of_parameters_says(root, monkeypatch):
    monkeypatch.syspath_prepend(root)
    from tools import reference

    for path, text in reference.pages().items():
        assert path.read_text() == text, f'{path.name} is old: make reference'


def test_links_between_documents_lead_somewhere(root):
    documents = [*root.glob('*.md'), *root.glob('docs/*.md')]
    assert documents
    for document in documents:
        for target, anchor in LINK.findall(document.read_text()):
            if '://' in target:
                continue
            place = document.parent / target
            assert place.exists(), f'{document.name}: {target}'
            if anchor:
                assert anchor in anchors(place), f'{document.name}: {target}#{anchor}'


def anchors(document):
    headings = re.findall(r'^#+ (.+)$', document.read_text(), re.MULTILINE)
    return {re.sub(r'[^\w\- ]', '', heading.lower()).replace(' ', '-') for heading in headings}


def test_the_table_of_topics_is_what_the_node_advertises(root):
    pytest.importorskip('rclpy')
    rows = re.findall(
        r'^\| `([\w/]+)` \| `(\w+)/(\w+)` \|', (root / 'docs/topics.md').read_text(), re.MULTILINE
    )
    written = {topic: kind for topic, package, kind in rows if package != 'std_srvs'}
    assert written == {
        **advertised(),
        '/tf_static': 'TFMessage',
        '/diagnostics': 'DiagnosticArray',
    }
