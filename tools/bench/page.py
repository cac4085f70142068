# SPDX-License-Identifier: Apache-2.0
"""The figures of the benchmark as a page, docs/performance.md, with what it cannot measure."""

from __future__ import annotations

from collections.abc import Mapping

from tools.bench.results import Section, number
from tools.bench.whole_path import PEOPLE
from tools.harness.driver import ROOT

PAGE = ROOT / 'docs' / 'performance.md'

HEAD = """\
# Performance

Written by `make bench ARGS=--page` from what it measured, but for the last two sections; nothing
here is estimated. Commit {commit}, {date}, {machine}.

## How to repeat it

`make bench` takes about ten minutes; it prints these tables, keeps them in `bench/last.json`, and
compares with the last run on the same machine. `make bench ARGS='kernels path --seconds 20'`
measures some parts (`kernels`, `bodies`, `start`, `latency`, `path`), and runs the driver for
longer. It wants a machine with nothing else to do: *stolen* is what the host of a virtual machine
took from it meanwhile.

## What is measured

* Figures over their goal are bold. The goals of depth to color are a quarter of what the vendor's
  C code takes on the machine that they were set on (21 ms at 720P); what it takes on this one, and
  how Microsoft's driver compares, is at the end. The goals of clouds are two or three times a
  memcpy of as many bytes, measured in turn with them. Of the cases g and i, the goal is what
  Microsoft's driver took on another machine.
* Kernels are measured warm: they and what is beside them run in turn, several times each, of which
  the first does not count; medians. *one core*: with no second one to use, as *simple loop*, a
  straightforward compiled loop, or for JPEGs libjpeg-turbo alone, and *memcpy*. *idle cores*: with
  those of the machine that have nothing to do.
* Driver and subscriber are two processes with the middleware's default settings, but for the
  driver's own profile of Fast DDS (`config/fastdds.xml`); both share the machine's processors.
* *CPU ms/frame* is CPU time of the driver's process per capture of which anything came (of all,
  where nobody subscribes), all its threads and the middleware's included; *less source* leaves out
  what the source costs by itself (rendering by the simulated camera, or reading the recording),
  measured in a process of its own. *subscriber* is what receiving costs the other process.
* *median ms* and *p99 ms* of the whole path are latencies from when a capture is there for the
  driver to the subscriber's callback, of all messages that belong to captures: from the stamp,
  less how old captures are by their stamps when they arrive (on `/diagnostics`; 14 to 16 ms with
  the simulated camera, whose jitter, up to 7 ms, is contained). A recording's captures are there
  when they are due. *slowest topic* is the p99 of the topic with the highest.
* *lost* are messages that did not come of captures in the middle of the time, all topics together;
  *lost %* the share of 30 Hz that did not come in all of the time, in which a recording of 5 s
  that starts over pauses for some frames, of which nothing was recorded.
* The simulated tracker takes no time of its own in the whole path. In *{people} bodies through the
  driver* it takes 30 ms; what is beyond them is counted from the arrival of the depth image of the
  same stamp, so that the way of that image is not contained. *bodies* is how many were in view at
  the end.
* *MB growth* is from the middle of the run to its end.
"""
BY_HAND = """\
## Beside Microsoft's programs

Measured by hand, not by `make bench`, on 2 x Intel Xeon (Emerald Rapids), 2026-11-21 and
2026-11-22, and on 2 x AMD EPYC (family 25, model 1; no AVX-512), 2026-11-29.

Between the cameras by the vendor's portable C code (`rgbz.c` of the SDK, `-O3 -msse4.1`), in turn
with this driver's, ms on one core; medians of five runs of ten calls of the vendor's and of forty.
Depth to color:

| | vendor's, Xeon | this driver | ratio | vendor's, EPYC | this driver | ratio |
|---|---:|---:|---:|---:|---:|---:|
| 720P | 24.8 | 4.4 | 0.18 | 27.5 | 5.7 | 0.22 |
| 1080P | 30.3 | 6.1 | 0.20 | 37.2 | 9.6 | 0.24 |
| 1440P | 37.7 | 7.1 | 0.19 | 47.1 | 10.1 | 0.22 |
| 1536P | 34.4 | 7.0 | 0.20 | 37.2 | 8.9 | 0.25 |
| 2160P | 59.4 | 13.0 | 0.21 | 72.3 | 17.1 | 0.24 |
| 3072P | 69.4 | 16.8 | 0.24 | 87.4 | 23.1 | 0.27 |

Color to depth, BGRA:

| | vendor's, Xeon | this driver | ratio | vendor's, EPYC | this driver | ratio |
|---|---:|---:|---:|---:|---:|---:|
| 720P | 20.7 | 1.6 | 0.07 | 20.1 | 1.7 | 0.09 |
| 1080P | 21.3 | 1.5 | 0.07 | 22.9 | 2.3 | 0.10 |
| 1440P | 22.3 | 1.5 | 0.07 | 22.0 | 2.0 | 0.09 |
| 1536P | 21.9 | 1.5 | 0.07 | 22.2 | 1.9 | 0.09 |
| 2160P | 27.8 | 1.9 | 0.07 | 25.7 | 2.5 | 0.10 |
| 3072P | 29.8 | 2.1 | 0.07 | 27.1 | 3.1 | 0.12 |

On the Xeon,
`Azure_Kinect_ROS_Driver`, branch `humble` (6ffb95a), compiled with `-O2` against rclcpp 29.3 and
the same rcl, Fast DDS and libk4a as this driver; the same recording, subscriber and profile of
Fast DDS, without which a sixth to a third of its images are lost on the way. Runs of 12 s in
turn, medians of eight and of five, % of a core:

| | Microsoft's driver | this driver | this driver, `imu_batch_period` 0.033 |
|---|---:|---:|---:|
| depth, infrared, raw color, IMU | 35.2 | 40.4 | 33.9 |
| the same and the xyz cloud | 52.6 | 50.7 | 46.0 |

Microsoft's driver sends the IMU messages of a frame at once, 53, of which a subscriber with a
queue of ten gets few. This one sends them as the camera does, unless it is told otherwise, as in
the last column. Where the recording starts over, this one pauses for two or three frames (1.5 % of
them here), and Microsoft's does not. A stub stood for the depth engine, which Microsoft's driver
wants OpenGL for, and which computes nothing of this.

## Everything at once, by machine

Case (e) takes about 45 ms of processor time a frame on a fast machine and about 70 on a slow one,
for driver, simulated camera and subscriber together; two cores have 67. By hand too: 8155cd3 on
2 x AMD EPYC of 2026-11-20, which drew depth to color at 720P in 3.0 ms; and in turn with e63ea6d
on the EPYC of 2026-11-29 above, where either draws it in 5.2 ms at best, medians of five runs of
12 s.

| | commit | machine | CPU ms/frame | subscriber | p99 ms | lost % |
|---|---|---|---:|---:|---:|---:|
| simulated, 30 Hz | 8155cd3 | 20 Nov | 35.2 | 10.3 | 29.4 | 0 |
| | 8155cd3 | 29 Nov | 43.1 | 9.7 | 158 | 50.8 |
| | e63ea6d | 29 Nov | 44.2 | 12.5 | 107 | 28.6 |
| simulated, 15 Hz | 8155cd3 | 29 Nov | 77.5 | 20.0 | 66.3 | 0 |
| | e63ea6d | 29 Nov | 69.3 | 20.8 | 51.4 | 0 |
| recording, 30 Hz | 8155cd3 | 20 Nov | 22.6 | 9.5 | 23.6 | 0 |
| | 8155cd3 | 29 Nov | 37.7 | 15.7 | 117 | 0 |
| | e63ea6d | 29 Nov | 35.4 | 15.4 | 51.9 | 0 |

These are figures of `make bench` before 2026-11-30: CPU time is per 30 captures a second, also
where fewer came, which cost little; three to five of the six bodies were in view; the latencies of
the simulated camera are 1 to 3 ms too small. A machine of the slow kind, with everything
subscribed, keeps up with a simulated camera at 15 Hz and with a recording, which nobody has to
render, at 30.
(Pauses where a recording starts over are no losses here.)
"""


def write(sections: Mapping[str, Section]) -> None:
    """Write the page from the tables of a run."""
    first = next(iter(sections.values()))
    origin = {'commit': first.commit, 'date': first.date, 'machine': first.machine}
    lines = [HEAD.format(people=PEOPLE, **origin)]
    for title, section in sections.items():
        heads = list(dict.fromkeys(head for row in section.rows.values() for head in row))
        lines += [
            f'## {title[:1].upper()}{title[1:]}',
            '',
            f'Stolen meanwhile: {section.stolen:.1%}.',
            '',
            f'| | {" | ".join(heads)} |',
            f'|---{"|---:" * len(heads)}|',
        ]
        for row in section.rows:
            cells = ' | '.join(_cell(section, row, head) for head in heads)
            lines.append(f'| {row} | {cells} |')
        lines.append('')
    PAGE.write_text('\n'.join([*lines, BY_HAND]))


def _cell(section: Section, row: str, head: str) -> str:
    if head not in section.rows[row]:
        return ''
    text = number(section.rows[row][head])
    return f'**{text}**' if section.is_over(row, head) else text
