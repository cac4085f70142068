# SPDX-License-Identifier: Apache-2.0
"""What libk4abt needs beside itself to run its network: ONNX Runtime, CUDA, TensorRT."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

_ONNX_RUNTIME = ('libonnxruntime.so.1.10.0', 'libonnxruntime.so')
_CUDA = (
    ('libcuda.so.1',),
    ('libcudart.so.11.0',),
    ('libcublas.so.11',),
    ('libcublasLt.so.11',),
    ('libcufft.so.10',),
    ('libcudnn.so.8',),
    ('libcudnn_ops_infer.so.8',),
    ('libcudnn_cnn_infer.so.8',),
)
_TENSORRT = (
    ('libnvrtc.so.11.2',),
    ('libnvinfer.so.8', 'libnvinfer.so.7'),
    ('libnvinfer_plugin.so.8', 'libnvinfer_plugin.so.7'),
)

_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    'cpu': (_ONNX_RUNTIME,),
    'gpu': (_ONNX_RUNTIME, *_CUDA),
    'gpu_cuda': (_ONNX_RUNTIME, *_CUDA),
    'gpu_tensorrt': (_ONNX_RUNTIME, *_CUDA, *_TENSORRT),
}


def missing(processing_mode: str) -> list[str]:
    """
    Return the libraries that a processing mode needs and that cannot be loaded.

    Trying loads them: it is for those who ask why a tracker does not start.
    """
    return [names[0] for names in _NEEDED[processing_mode] if not _any_loads(names)]


def _any_loads(names: Iterable[str]) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False
