# SPDX-License-Identifier: Apache-2.0
"""The Matroska elements that recordings consist of: which may be where, and what they hold."""

from __future__ import annotations

from typing import NamedTuple

_TABLE = """
number    parent            name               holds
1A45DFA3  -                 EBML               elements
4286      EBML              EBMLVersion        number
42F7      EBML              EBMLReadVersion    number
42F2      EBML              EBMLMaxIDLength    number
42F3      EBML              EBMLMaxSizeLength  number
4282      EBML              DocType            text      required
4287      EBML              DocTypeVersion     number
4285      EBML              DocTypeReadVersion number
18538067  -                 Segment            elements
114D9B74  Segment           SeekHead           elements
4DBB      SeekHead          Seek               elements
53AB      Seek              SeekID             number    required
53AC      Seek              SeekPosition       number    required
1549A966  Segment           Info               elements
2AD7B1    Info              TimecodeScale      number    required
4489      Info              Duration           float
4461      Info              DateUTC            number
4D80      Info              MuxingApp          text
5741      Info              WritingApp         text
7BA9      Info              Title              text
73A4      Info              SegmentUID         bytes
7384      Info              SegmentFilename    text
3CB923    Info              PrevUUID           bytes
3C83AB    Info              PrevFilename       text
3EB923    Info              NextUUID           bytes
3E83BB    Info              NextFilename       text
4444      Info              SegmentFamily      bytes
1654AE6B  Segment           Tracks             elements
AE        Tracks            TrackEntry         elements  required
D7        TrackEntry        TrackNumber        number    required
73C5      TrackEntry        TrackUID           number
83        TrackEntry        TrackType          number    required
B9        TrackEntry        FlagEnabled        number
88        TrackEntry        FlagDefault        number
55AA      TrackEntry        FlagForced         number
55AB      TrackEntry        FlagHearingImpaired number
55AC      TrackEntry        FlagVisualImpaired number
55AD      TrackEntry        FlagTextDescriptions number
55AE      TrackEntry        FlagOriginal       number
55AF      TrackEntry        FlagCommentary     number
9C        TrackEntry        FlagLacing         number
6DE7      TrackEntry        MinCache           number
6DF8      TrackEntry        MaxCache           number
23E383    TrackEntry        DefaultDuration    number
55EE      TrackEntry        MaxBlockAdditionID number
536E      TrackEntry        Name               text
22B59C    TrackEntry        Language           text
22B59D    TrackEntry        LanguageBCP47      text
86        TrackEntry        CodecID            text      required
63A2      TrackEntry        CodecPrivate       bytes
258688    TrackEntry        CodecName          text
AA        TrackEntry        CodecDecodeAll     number
56AA      TrackEntry        CodecDelay         number
56BB      TrackEntry        SeekPreRoll        number
E0        TrackEntry        Video              elements
B0        Video             PixelWidth         number    required
BA        Video             PixelHeight        number    required
54B0      Video             DisplayWidth       number
54BA      Video             DisplayHeight      number
54B2      Video             DisplayUnit        number
54B3      Video             AspectRatioType    number
54AA      Video             PixelCropBottom    number
54BB      Video             PixelCropTop       number
54CC      Video             PixelCropLeft      number
54DD      Video             PixelCropRight     number
53B8      Video             StereoMode         number
9D        Video             FieldOrder         number
9A        Video             FlagInterlaced     number
2EB524    Video             ColourSpace        bytes
E1        TrackEntry        Audio              elements
B5        Audio             SamplingFrequency  float
78B5      Audio             OutputFrequency    float
9F        Audio             Channels           number
6264      Audio             BitDepth           number
1941A469  Segment           Attachments        elements
61A7      Attachments       AttachedFile       elements  required
467E      AttachedFile      FileDescription    text
466E      AttachedFile      FileName           text      required
4660      AttachedFile      FileMimeType       text
465C      AttachedFile      FileData           bytes     required
46AE      AttachedFile      FileUID            number
1043A770  Segment           Chapters           bytes
1254C367  Segment           Tags               elements
7373      Tags              Tag                elements
63C0      Tag               Targets            elements
68CA      Targets           TargetTypeValue    number
63CA      Targets           TargetType         text
63C5      Targets           TagTrackUID        number
63C6      Targets           TagAttachmentUID   number
63C9      Targets           TagEditionUID      number
63C4      Targets           TagChapterUID      number
67C8      Tag               SimpleTag          elements  required
45A3      SimpleTag         TagName            text      required
447A      SimpleTag         TagLanguage        text
447B      SimpleTag         TagLanguageBCP47   text
4484      SimpleTag         TagDefault         number
4487      SimpleTag         TagString          text
4485      SimpleTag         TagBinary          bytes
1F43B675  Segment           Cluster            elements
E7        Cluster           Timecode           number    required
A7        Cluster           Position           number
AB        Cluster           PrevSize           number
A3        Cluster           SimpleBlock        bytes
A0        Cluster           BlockGroup         elements
A1        BlockGroup        Block              bytes     required
9B        BlockGroup        BlockDuration      number
FA        BlockGroup        ReferencePriority  number
FB        BlockGroup        ReferenceBlock     number
75A2      BlockGroup        DiscardPadding     number
1C53BB6B  Segment           Cues               elements
BB        Cues              CuePoint           elements  required
B3        CuePoint          CueTime            number    required
B7        CuePoint          CueTrackPositions  elements  required
F7        CueTrackPositions CueTrack           number    required
F1        CueTrackPositions CueClusterPosition number    required
F0        CueTrackPositions CueRelativePosition number
B2        CueTrackPositions CueDuration        number
5378      CueTrackPositions CueBlockNumber     number
EA        CueTrackPositions CueCodecState      number
EC        *                 Void               bytes
BF        *                 CRC-32             bytes
"""


class Rule(NamedTuple):
    """
    An element.

    :ivar parent: The name of the element it may be in; ``*`` for any.
    :ivar holds: ``elements``, ``number``, ``float``, ``text`` or ``bytes``.
    :ivar required: Whether its parent must have one.
    """

    parent: str
    name: str
    holds: str
    required: bool


def _rules() -> dict[int, Rule]:
    rules = {}
    for line in _TABLE.strip().splitlines()[1:]:
        number, parent, name, holds, *required = line.split()
        rules[int(number, 16)] = Rule(parent, name, holds, bool(required))
    return rules


RULES = _rules()
"""Every element that may be in a recording, by its number."""

NUMBERS = {rule.name: number for number, rule in RULES.items()}
"""The number of every element, by its name."""

REQUIRED = {
    parent.name: {
        each.name for each in RULES.values() if each.required and each.parent == parent.name
    }
    for parent in RULES.values()
}
"""The names of what must be in an element."""
