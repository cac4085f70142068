# SPDX-License-Identifier: Apache-2.0
"""
Damaged recordings by the hundred, and a program that reads them.

As a program: ``damage.py <recording> <scratch file> <first seed> <count>`` damages the recording
in so many ways and plays each; a crash or a hang of the vendor's parser is the program's.
"""

import pathlib
import random
import sys

from helpers.mkv import Elements

from azure_kinect_py.errors import RecordingError
from azure_kinect_py.sources import SourceOptions, open_source

NUMBERS = (b'\x00', b'\x01', b'\x7f', b'\x80', b'\xff')


def damaged(content, elements, seed):
    """Return the recording with the damage of that number, and what it is."""
    noise = random.Random(seed)
    damage = DAMAGES[seed % len(DAMAGES)]
    content = bytearray(content)
    damage(content, elements, noise)
    return bytes(content), damage.__name__


def truncate(content, _elements, noise):
    del content[noise.randrange(len(content)) :]


def truncate_in_header(content, _elements, noise):
    del content[noise.randrange(8000) :]


def flip_bit_of_header(content, elements, noise):
    element = _any(elements, noise)
    content[noise.randrange(element.start, element.content)] ^= 1 << noise.randrange(8)


def flip_bits_anywhere(content, _elements, noise):
    for _ in range(noise.choice((1, 10, 1000))):
        content[noise.randrange(len(content))] ^= 1 << noise.randrange(8)


def change_byte_of_content(content, elements, noise):
    for _ in range(noise.choice((1, 1, 4))):
        element = _any(elements, noise)
        last = min(element.content + 12, element.end)
        if element.content < last:
            place = noise.randrange(element.content, last)
            content[place : place + 1] = noise.choice(NUMBERS)


def change_size(content, elements, noise):
    element = _any(elements, noise)
    place = element.content - 1
    content[place] = noise.choice((content[place] + 1, content[place] - 1, 0x80, 0xFF, 0)) % 256


def change_frames_of_block(content, elements, noise):
    block = noise.choice(elements.get('Block', []) + elements.get('SimpleBlock', []))
    content[block.content + 3] = noise.choice((2, 4, 6))
    content[block.content + 4] = noise.choice((0, 1, 2, 7, 255))
    for place in range(block.content + 5, min(block.content + 12, block.end)):
        content[place : place + 1] = noise.choice((*NUMBERS, b'\xbf', b'\x40'))


def delete(content, elements, noise):
    place = _any(elements, noise).start + noise.randrange(4)
    del content[place : place + noise.choice((1, 2, 8, 5000))]


def insert(content, elements, noise):
    place = _any(elements, noise).start + noise.randrange(4)
    content[place:place] = noise.randbytes(noise.choice((1, 2, 8, 5000)))


def overwrite(content, elements, noise):
    place = _any(elements, noise).start + noise.randrange(4)
    count = min(noise.choice((4, 512, 60000)), len(content) - place)
    content[place : place + count] = noise.choice((b'\0', b'\xff')) * count


DAMAGES = (
    truncate,
    truncate_in_header,
    flip_bit_of_header,
    flip_bits_anywhere,
    change_byte_of_content,
    change_size,
    change_frames_of_block,
    delete,
    insert,
    overwrite,
)


def _any(elements, noise):
    return noise.choice(elements[noise.choice(sorted(elements))])


def play(path):
    """Return how many captures and samples come out of a recording."""
    options = SourceOptions(recording_file=str(path), playback_rate=0)
    with open_source(options) as source:
        return sum(1 for _ in source.events())


def main(recording, scratch, first, count):
    content = pathlib.Path(recording).read_bytes()
    elements = Elements(content)
    for seed in range(int(first), int(first) + int(count)):
        changed, name = damaged(content, elements, seed)
        pathlib.Path(scratch).write_bytes(changed)
        _say(f'{seed} {name} ')
        try:
            _say(f'played {play(scratch)}\n')
        except RecordingError as error:
            _say(f'refused {error.message}\n')


def _say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == '__main__':
    main(*sys.argv[1:])
