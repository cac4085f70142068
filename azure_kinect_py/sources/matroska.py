# SPDX-License-Identifier: Apache-2.0
from typing import BinaryIO


class Damaged(Exception):
    def __init__(self, message, hint=''):
        self.hint = hint
        super().__init__(message)


def check(file: BinaryIO) -> None:
    pass
