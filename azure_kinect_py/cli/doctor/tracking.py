# SPDX-License-Identifier: Apache-2.0
"""Checks of what the vendor's body tracker needs; the simulated camera tracks without it."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from azure_kinect_py.cli.doctor.libraries import describe
from azure_kinect_py.cli.doctor.report import Finding, Machine, ok, warn
from azure_kinect_py.errors import LibraryNotFound, TrackerError
from azure_kinect_py.sdk import k4abt, k4abt_runtime

GUIDE = 'See docs/body_tracking.md.'
CACHE_ENABLE = 'ORT_TENSORRT_ENGINE_CACHE_ENABLE'
CACHE_PATH = 'ORT_TENSORRT_CACHE_PATH'


def check_tracking(machine: Machine) -> list[Finding]:
    """Look for the tracker and, where there is one, for all that it loads."""
    try:
        library = k4abt.load(machine.library_path)
    except LibraryNotFound as error:
        text = 'not found (bodies of real cameras need it; the simulated camera does not)'
        if platform.machine() != 'x86_64':
            return [warn('libk4abt', text, 'The vendor ships it for x86-64 only.')]
        return [warn('libk4abt', text, error.hint)]
    return [
        ok('libk4abt', describe(library.path)),
        *check_models(machine),
        judge_runtime('ONNX Runtime', k4abt_runtime.missing('cpu')),
        *check_cuda(machine),
        *check_tensorrt_cache(machine),
    ]


def check_models(machine: Machine) -> list[Finding]:
    """Look for the networks where the vendor's package puts them."""
    try:
        return [ok('tracking model', str(k4abt.find_model('standard', machine.library_path)))]
    except TrackerError as error:
        return [warn('tracking model', error.message.partition(':')[0], f'{error.hint} {GUIDE}')]


def check_cuda(machine: Machine) -> list[Finding]:
    """Look for the GPU's driver and for the CUDA 11 libraries of the modes gpu and gpu_cuda."""
    driver = machine.text('proc/driver/nvidia/version').partition('\n')[0]
    if not driver:
        remedy = 'Use body_tracking_processing_mode:=cpu, or install the driver of an NVIDIA GPU.'
        return [warn('CUDA', 'no NVIDIA driver is loaded', remedy)]
    return [judge_runtime('CUDA', k4abt_runtime.missing('gpu_cuda'), driver)]


def judge_runtime(what: str, missing: list[str], found: str = 'found') -> Finding:
    """Return what is to be thought of libraries that cannot be loaded."""
    if not missing:
        return ok(what, found)
    remedy = (
        'The tracker is bound to ONNX Runtime 1.10, CUDA 11 and cuDNN 8, whatever newer ones are '
        f'installed; without CUDA body_tracking_processing_mode:=cpu works. {GUIDE}'
    )
    return warn(what, f'cannot be loaded: {", ".join(missing)}', remedy)


def check_tensorrt_cache(machine: Machine) -> list[Finding]:
    """Look whether TensorRT may keep what it takes minutes to compute."""
    if k4abt_runtime.missing('gpu_tensorrt'):
        return []
    return [judge_tensorrt_cache(machine)]


def judge_tensorrt_cache(machine: Machine) -> Finding:
    """Return what is to be thought of the variables that steer the cache."""
    if machine.environ.get(CACHE_ENABLE) != '1':
        remedy = f'export {CACHE_ENABLE}=1 and {CACHE_PATH}=<an existing folder>. {GUIDE}'
        return warn('TensorRT cache', 'off: each start with gpu_tensorrt takes minutes', remedy)
    folder = machine.environ.get(CACHE_PATH, '')
    if not (folder and Path(folder).is_dir() and os.access(folder, os.W_OK)):
        remedy = f'Make the folder and name it: export {CACHE_PATH}=...'
        return warn('TensorRT cache', f'{CACHE_PATH}={folder!r} cannot be written', remedy)
    return ok('TensorRT cache', folder)
