# SPDX-License-Identifier: Apache-2.0
"""Where the elements of a recording are, for tests that damage them."""

from azure_kinect_py.sources.matroska.elements import RULES
from azure_kinect_py.sources.matroska.reader import Content, Element


class Elements(dict):
    """Name of an element -> all elements of that name, in the order of a whole file."""

    def __init__(self, content):
        super().__init__()
        whole = Element(0, 0, 0, len(content))
        self._add(Content(whole, content), whole)

    def _add(self, content, parent):
        for element in content.elements(parent.content, parent.end):
            rule = RULES[element.number]
            self.setdefault(rule.name, []).append(element)
            if rule.holds == 'elements':
                self._add(content, element)
