# SPDX-License-Identifier: Apache-2.0
"""
What the cameras can be set to: modes, resolutions, formats, and the rules that combine them.

The values of the enums are those of the vendor's C enums (named in the comments), so that the
binding passes them on as they are. Resolutions and limits are those of the vendor's hardware
specification.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import TypeVar

from azure_kinect_py.errors import ConfigError

E = TypeVar('E', bound=enum.Enum)


class DepthMode(enum.IntEnum):  # k4a_depth_mode_t
    OFF = 0
    NFOV_2X2BINNED = 1
    NFOV_UNBINNED = 2
    WFOV_2X2BINNED = 3
    WFOV_UNBINNED = 4
    PASSIVE_IR = 5

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; (0, 0) for OFF."""
        return _DEPTH_SIZES[self]

    @property
    def has_depth(self) -> bool:
        """Whether the mode delivers depth images (OFF and PASSIVE_IR do not)."""
        return self not in (DepthMode.OFF, DepthMode.PASSIVE_IR)

    @property
    def has_ir(self) -> bool:
        """Whether the mode delivers infrared images."""
        return self is not DepthMode.OFF

    @property
    def max_fps(self) -> int:
        """Highest frame rate in Hz."""
        return 15 if self is DepthMode.WFOV_UNBINNED else 30

    @property
    def is_wide(self) -> bool:
        """Whether the mode uses the wide illuminator and field of view (120 x 120 degrees)."""
        return self in (DepthMode.WFOV_2X2BINNED, DepthMode.WFOV_UNBINNED)

    @property
    def range_m(self) -> tuple[float, float]:
        """Operating range of the hardware specification, nearest and farthest, in metres."""
        return _DEPTH_RANGES[self]


_DEPTH_SIZES = {
    DepthMode.OFF: (0, 0),
    DepthMode.NFOV_2X2BINNED: (320, 288),
    DepthMode.NFOV_UNBINNED: (640, 576),
    DepthMode.WFOV_2X2BINNED: (512, 512),
    DepthMode.WFOV_UNBINNED: (1024, 1024),
    DepthMode.PASSIVE_IR: (1024, 1024),
}
_DEPTH_RANGES = {
    DepthMode.OFF: (0.0, 0.0),
    DepthMode.NFOV_2X2BINNED: (0.5, 5.46),
    DepthMode.NFOV_UNBINNED: (0.5, 3.86),
    DepthMode.WFOV_2X2BINNED: (0.25, 2.88),
    DepthMode.WFOV_UNBINNED: (0.25, 2.21),
    DepthMode.PASSIVE_IR: (0.0, 0.0),
}


class ColorResolution(enum.IntEnum):  # k4a_color_resolution_t
    OFF = 0
    R720P = 1
    R1080P = 2
    R1440P = 3
    R1536P = 4
    R2160P = 5
    R3072P = 6

    @property
    def label(self) -> str:
        """The name that users write: ``720P``, ``OFF``."""
        return self.name.removeprefix('R')

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels; (0, 0) for OFF."""
        return _COLOR_SIZES[self]

    @property
    def max_fps(self) -> int:
        """Highest frame rate in Hz."""
        return 15 if self is ColorResolution.R3072P else 30


_COLOR_SIZES = {
    ColorResolution.OFF: (0, 0),
    ColorResolution.R720P: (1280, 720),
    ColorResolution.R1080P: (1920, 1080),
    ColorResolution.R1440P: (2560, 1440),
    ColorResolution.R1536P: (2048, 1536),
    ColorResolution.R2160P: (3840, 2160),
    ColorResolution.R3072P: (4096, 3072),
}


class ImageFormat(enum.IntEnum):  # k4a_image_format_t
    MJPG = 0  # (N,) uint8, one JPEG
    NV12 = 1  # (H * 3 / 2, W) uint8
    YUY2 = 2  # (H, W, 2) uint8
    BGRA32 = 3  # (H, W, 4) uint8
    DEPTH16 = 4  # (H, W) uint16, millimetres
    IR16 = 5  # (H, W) uint16
    CUSTOM8 = 6  # (H, W) uint8
    CUSTOM16 = 7  # (H, W) uint16
    CUSTOM = 8

    @property
    def is_color(self) -> bool:
        """Whether the color camera can deliver it."""
        return self <= ImageFormat.BGRA32


class Fps(enum.IntEnum):  # k4a_fps_t: an index, not the number
    FPS_5 = 0
    FPS_15 = 1
    FPS_30 = 2

    @property
    def hz(self) -> int:
        """Frames per second."""
        return (5, 15, 30)[self]

    @property
    def period_usec(self) -> int:
        """One frame period as the vendor's checks use it: 200000, 66666 or 33333 microseconds."""
        return 1_000_000 // self.hz

    @classmethod
    def from_hz(cls, hz: int) -> Fps:
        """Return the rate of ``hz`` frames per second; raise ConfigError if there is none."""
        for rate in cls:
            if rate.hz == hz:
                return rate
        raise ConfigError(f'fps: {hz} is not possible; allowed are 5, 15, 30')


class WiredSyncMode(enum.IntEnum):  # k4a_wired_sync_mode_t
    STANDALONE = 0
    MASTER = 1
    SUBORDINATE = 2


class ColorControl(enum.IntEnum):  # k4a_color_control_command_t (1, auto exposure priority: no-op)
    EXPOSURE_TIME_ABSOLUTE = 0
    BRIGHTNESS = 2
    CONTRAST = 3
    SATURATION = 4
    SHARPNESS = 5
    WHITEBALANCE = 6
    BACKLIGHT_COMPENSATION = 7
    GAIN = 8
    POWERLINE_FREQUENCY = 9


def labels(kind: type[E]) -> list[str]:
    """Return the names of an enum's members as users write them."""
    return [getattr(member, 'label', member.name) for member in kind]


def parse(kind: type[E], name: str, what: str) -> E:
    """
    Return the member of ``kind`` that a user's ``name`` means, upper or lower case.

    :param what: The parameter, for the message.
    :raises ConfigError: naming the parameter, the value, and what is allowed.
    """
    for member in kind:
        if name.upper() in (member.name, getattr(member, 'label', member.name)):
            return member
    raise ConfigError(f'{what}: {name!r} is unknown; allowed are {", ".join(labels(kind))}')


@dataclasses.dataclass(frozen=True)
class DeviceConfig:
    """
    How the cameras are started (k4a_device_configuration_t). Times in microseconds.

    :func:`check` raises what the vendor's start would refuse with a bare "failed".
    """

    depth_mode: DepthMode = DepthMode.NFOV_UNBINNED
    color_resolution: ColorResolution = ColorResolution.R720P
    color_format: ImageFormat = ImageFormat.MJPG
    fps: Fps = Fps.FPS_30
    synchronized_images_only: bool = False
    depth_delay_off_color_usec: int = 0
    wired_sync_mode: WiredSyncMode = WiredSyncMode.STANDALONE
    subordinate_delay_off_master_usec: int = 0
    disable_streaming_indicator: bool = False

    @property
    def depth_on(self) -> bool:
        """Whether the depth camera runs (PASSIVE_IR included)."""
        return self.depth_mode is not DepthMode.OFF

    @property
    def color_on(self) -> bool:
        """Whether the color camera runs."""
        return self.color_resolution is not ColorResolution.OFF

    def check(self) -> DeviceConfig:
        """
        Return self if the camera can do it.

        :raises ConfigError: naming the parameter, its value, and what is allowed.
        """
        self._check_kinds()
        self._check_cameras()
        self._check_rates()
        self._check_format()
        self._check_sync()
        return self

    def _check_kinds(self) -> None:
        for field in dataclasses.fields(self):
            value, kind = getattr(self, field.name), type(field.default)
            if not isinstance(value, kind):
                members = kind if issubclass(kind, enum.Enum) else ()
                allowed = ', '.join(f'{kind.__name__}.{member.name}' for member in members)
                raise ConfigError(
                    f'{field.name}: {value!r} is not possible; '
                    f'allowed are {allowed or kind.__name__}'
                )

    def _check_cameras(self) -> None:
        if not self.depth_on and not self.color_on:
            raise ConfigError(
                'depth_mode, color_resolution: both cameras are OFF; at least one must be on'
            )
        if self.synchronized_images_only and not (self.depth_on and self.color_on):
            raise ConfigError(
                'synchronized_images_only: true needs both cameras; '
                'enable depth and color, or set it to false'
            )

    def _check_rates(self) -> None:
        for name, mode in (
            ('depth_mode', self.depth_mode),
            ('color_resolution', self.color_resolution),
        ):
            if self.fps.hz > mode.max_fps:
                label = getattr(mode, 'label', mode.name)
                raise ConfigError(
                    f'fps: {self.fps.hz} is not possible with {name} {label}; '
                    f'allowed are 5 and {mode.max_fps}'
                )

    def _check_format(self) -> None:
        if not self.color_format.is_color:
            raise ConfigError(
                f'color_format: {self.color_format.name} is not a color format; '
                'allowed are MJPG, NV12, YUY2, BGRA32'
            )
        native = self.color_format in (ImageFormat.NV12, ImageFormat.YUY2)
        if native and self.color_on and self.color_resolution is not ColorResolution.R720P:
            raise ConfigError(
                f'color_format: {self.color_format.name} exists at 720P only, not at '
                f'{self.color_resolution.label}; allowed there are MJPG, BGRA32'
            )

    def _check_sync(self) -> None:
        period = self.fps.period_usec
        delay = self.subordinate_delay_off_master_usec
        if self.wired_sync_mode is WiredSyncMode.MASTER and not self.color_on:
            raise ConfigError(
                'wired_sync_mode: MASTER needs the color camera, '
                'whose frames drive the sync-out jack'
            )
        if self.wired_sync_mode is not WiredSyncMode.SUBORDINATE and delay != 0:
            raise ConfigError(
                f'subordinate_delay_off_master_usec: {delay} needs wired_sync_mode SUBORDINATE; '
                f'with {self.wired_sync_mode.name} only 0 is allowed'
            )
        if not 0 <= delay <= period:
            raise ConfigError(
                f'subordinate_delay_off_master_usec: {delay} is out of range; '
                f'allowed at {self.fps.hz} fps are 0 to {period}'
            )
        lag = self.depth_delay_off_color_usec
        if lag != 0 and not (self.depth_on and self.color_on):
            raise ConfigError(
                f'depth_delay_off_color_usec: {lag} needs both cameras; with one only 0 is allowed'
            )
        if abs(lag) > period:
            raise ConfigError(
                f'depth_delay_off_color_usec: {lag} is out of range; '
                f'allowed at {self.fps.hz} fps are {-period} to {period}'
            )
