# SPDX-License-Identifier: Apache-2.0
"""A log that keeps what is said, for what is tested without a node."""


class Log:
    def __init__(self):
        self.lines = []

    def info(self, message):
        self.lines.append(message)

    error = info

    def warning(self, message, about=''):
        self.lines.append(message)
