# SPDX-License-Identifier: Apache-2.0
"""
What several topics of one capture share, computed once and only when one of them asks for it.

Whoever asks first may give the buffer of its own message to be written; the others get that.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from azure_kinect_py.data import Calibration, Capture
from azure_kinect_py.geometry.color import decode
from azure_kinect_py.geometry.image_checks import check_image
from azure_kinect_py.geometry.parallel import Beside, is_core_idle
from azure_kinect_py.geometry.registration import ColorToDepth, DepthToColor, Interpolation
from azure_kinect_py.joints import BACKGROUND
from azure_kinect_py.modes import ImageFormat
from azure_kinect_py.ros.nearest_pixels import NearestPixels

Pixels = npt.NDArray[Any]


class Mappings:
    """
    The mappings between the cameras of one unit in its modes.

    They are made at once, which takes a tenth of a second, so that no frame has to wait for it.

    :raises ConfigError: when one of the cameras is OFF.
    """

    def __init__(self, calibration: Calibration) -> None:
        self.depth_to_color = DepthToColor(calibration)
        self.color_to_depth = ColorToDepth(calibration)
        self.nearest = NearestPixels(self.depth_to_color.shape)


class Bench:
    """The mappings, if there are both cameras, and scratch buffers of one thread."""

    def __init__(self, mappings: Mappings | None) -> None:
        self._mappings = mappings
        self._scratch: dict[str, Pixels] = {}

    @property
    def mappings(self) -> Mappings:
        """The mappings; only topics that have both cameras ask for them."""
        assert self._mappings is not None
        return self._mappings

    def scratch(self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> Pixels:
        """Return a buffer that is kept from capture to capture."""
        if name not in self._scratch:
            self._scratch[name] = np.empty(shape, dtype)
        return self._scratch[name]


class Work:
    """
    The shared results of one capture.

    Each is None when the capture lacks what it is made of. They stay valid until the next
    capture's are asked for.
    """

    def __init__(self, bench: Bench, capture: Capture) -> None:
        self._bench = bench
        self.capture = capture
        self._color: Pixels | None = None
        self._coming_color: Beside[Pixels] | None = None
        self._depth_in_color: Pixels | None = None
        self._color_in_depth: Pixels | None = None

    def begin_color(self, out: Pixels) -> None:
        """Have the color image written to ``out`` by an idle core, for :meth:`color`."""
        image = self.capture.color_image
        if image is not None and image.format is not ImageFormat.BGRA32 and is_core_idle():
            self._coming_color = Beside(lambda: decode(image, out=out))

    def end(self) -> None:
        """Have nobody at work on the capture any more; to be called in any case."""
        if self._coming_color is not None:
            self._coming_color.drop()

    def color(self, out: Pixels | None = None) -> Pixels | None:
        """Return the color image, (H, W, 3) BGR or (H, W, 4) BGRA uint8; write it to ``out``."""
        image = self.capture.color_image
        if self._color is None and image is not None:
            if self._coming_color is not None:
                self._color = self._coming_color.result()
            elif image.format is ImageFormat.BGRA32:  # keeps its alpha, whoever asks first
                self._color = image.pixels
                if out is not None:
                    decode(image, out=out)
            else:
                self._color = decode(image, out=self._color_target() if out is None else out)
        return self._color

    def _color_target(self) -> Pixels:
        shape = self._bench.mappings.depth_to_color.shape
        return self._bench.scratch('color', (*shape, 3), np.uint8)

    def depth_in_color(self, out: Pixels | None = None) -> Pixels | None:
        """Return depth in the color camera, (Hc, Wc) uint16 in millimetres."""
        if self._depth_in_color is None and self.capture.depth is not None:
            mappings = self._bench.mappings
            with mappings.nearest.kept_with(self.capture) as nearest:
                self._depth_in_color = mappings.depth_to_color(
                    self.capture.depth, self._depth_target(out), nearest=nearest
                )
        return self._depth_in_color

    def infrared_in_color(self, out: Pixels, depth_out: Pixels | None = None) -> None:
        """
        Write infrared in the color camera, (Hc, Wc) uint16, for a capture that has it.

        Depth in the color camera comes with it; ``depth_out`` is its buffer.
        """
        assert self.capture.depth is not None
        assert self.capture.ir is not None
        check_image('infrared', self.capture.ir, self.capture.depth.shape, np.uint16)
        mappings = self._bench.mappings
        with mappings.nearest.kept_with(self.capture) as nearest:
            self._depth_in_color, _ = mappings.depth_to_color.with_values(
                self.capture.depth,
                self.capture.ir,
                out=self._depth_target(depth_out),
                values_out=out,
                interpolation=Interpolation.LINEAR,
                nearest=nearest,
            )

    def map_in_color(self, ids: Pixels, out: Pixels) -> None:
        """Write a body index map of the capture, (Hd, Wd) uint8, in the color camera's view."""
        assert self.capture.depth is not None
        mappings = self._bench.mappings
        mapping, nearest = mappings.depth_to_color, mappings.nearest.of(self.capture)
        if nearest is None:
            nearest = self._bench.scratch('nearest', mapping.shape, np.int32)
            mapping(self.capture.depth, self._depth_target(), nearest=nearest)
        mapping.look_up(nearest, ids, out, BACKGROUND)

    def _depth_target(self, out: Pixels | None = None) -> Pixels:
        """Return where depth in the color camera is or goes; without ``out`` a scratch buffer."""
        if self._depth_in_color is not None:
            return self._depth_in_color
        if out is not None:
            return out
        return self._bench.scratch(
            'depth_in_color', self._bench.mappings.depth_to_color.shape, np.uint16
        )

    def color_in_depth(self, out: Pixels | None = None) -> Pixels | None:
        """Return color in the depth camera, (Hd, Wd, 4) BGRA uint8."""
        if self._color_in_depth is None and self.capture.depth is not None:
            color = self.color()
            if color is not None:
                mapping = self._bench.mappings.color_to_depth
                if out is None:
                    out = self._bench.scratch('color_in_depth', (*mapping.shape, 4), np.uint8)
                self._color_in_depth = mapping(self.capture.depth, color, out)
        return self._color_in_depth
