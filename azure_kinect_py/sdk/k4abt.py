# SPDX-License-Identifier: Apache-2.0
"""libk4abt: where it comes from, loading it, and its models."""

from __future__ import annotations

import functools
import pathlib

from azure_kinect_py.errors import LibraryNotFound, TrackerError
from azure_kinect_py.paths import absolute
from azure_kinect_py.sdk import k4a, k4abt_log
from azure_kinect_py.sdk.k4a_functions import CALIBRATIONS, DATA
from azure_kinect_py.sdk.k4abt_functions import CREATE, CREATE_10, K4ABT
from azure_kinect_py.sdk.loader import Library, Spec
from azure_kinect_py.sdk.loader import load as load_library
from azure_kinect_py.sdk.results import Result

HINT = (
    'Install libk4abt1.1 (and libk4a1.4) from the vendor, which is for x86-64 only, or name the '
    'folder of libk4abt.so.1.1 in sdk_library_path; docs/body_tracking.md says how. Without it, '
    'set body_tracking_enabled to false.'
)
MODELS = {
    'standard': 'dnn_model_2_0_op11.onnx',
    'lite': 'dnn_model_2_0_lite_op11.onnx',
}
"""Name of a model -> its file. The lite model is twice as fast and 5 % less accurate."""

# The functions of the libk4a that libk4abt is linked with can be found through it: another copy's
# captures would be strangers to it.
LINKED = {**DATA, **CALIBRATIONS}

SPEC = Spec(
    name='libk4abt',
    sonames=('libk4abt.so.1.1', 'libk4abt.so.1.0', 'libk4abt.so'),
    signatures=K4ABT,
    optional=LINKED,
    companions=('libonnxruntime.so*',),
    hint=HINT,
)


@functools.cache
def load(library_path: str = '') -> Library:
    """
    Load libk4abt, once for each folder.

    :raises LibraryNotFound: listing where it was looked for, and what to install.
    """
    k4a.load(library_path)  # the one that libk4abt is then bound to, whatever folder it is in
    k4abt_log.prepare()
    library = load_library(SPEC, library_path)
    if is_old(library):
        old = SPEC._replace(signatures={**K4ABT, CREATE: (Result, *CREATE_10)})
        library = load_library(old, library_path)
    return library


@functools.cache
def is_old(library: Library) -> bool:
    """Return whether it is libk4abt 1.0: without choice of model, and with gpu and cpu only."""
    path = pathlib.Path(library.path).resolve()
    if '.so.1.' in path.name:
        return '.so.1.0' in path.name
    return b'libk4abt.so.1.0\0' in path.read_bytes()


def image_library(library: Library, library_path: str = '') -> Library:
    """Return where the functions for captures and images of the tracker are."""
    return library if is_linked(library) else k4a.load(library_path)


def is_linked(library: Library) -> bool:
    """Return whether a libk4abt tells which libk4a it is bound to."""
    return library.names.issuperset(LINKED)


def find_model(model: str, library_path: str = '') -> pathlib.Path:
    """
    Return the absolute path of a model.

    :param model: ``standard``, ``lite``, or the path of a file.
    :raises TrackerError: listing where it was looked for.
    """
    if model not in MODELS:
        path = absolute(model)
        if not path.is_file():
            raise TrackerError(
                f'body_tracking_model_path: there is no file {path}',
                hint=f'Allowed are {", ".join(MODELS)}, or the path of an .onnx file.',
            )
        return path
    places = [folder / MODELS[model] for folder in model_folders(library_path)]
    for place in places:
        if place.is_file():
            return place.absolute()
    looked = '\n'.join(f'  {place}' for place in places)
    raise TrackerError(
        f'the {model} model of the body tracker was not found:\n{looked}',
        hint='It comes with libk4abt1.1; body_tracking_model_path can name the file.',
    )


def model_folders(library_path: str = '') -> list[pathlib.Path]:
    """Return the folders where the vendor's packages put the models, the user's folder first."""
    folders = []
    if library_path:
        given = absolute(library_path)
        folders.append(given if given.is_dir() else given.parent)
    try:
        beside = pathlib.Path(load(library_path).path).parent
        folders += [beside, beside.parent / 'bin', beside.parent.parent / 'bin']
    except LibraryNotFound:
        pass
    folders += [pathlib.Path('/usr/bin'), pathlib.Path('/usr/local/bin')]
    return list(dict.fromkeys(folders))
