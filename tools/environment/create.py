# SPDX-License-Identifier: Apache-2.0
"""
Sets up ``.venv``: real rclpy and Fast DDS, the vendor's libraries, and this package, without ROS.

Each step is done once and again when its inputs change; a step that was interrupted has the
environment built anew. Nothing outside the project folder is written.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import machine

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VENV = ROOT / '.venv'
PYTHON = VENV / 'bin' / 'python'
STATE = VENV / 'setup.json'
LOG = VENV / 'setup.log'
SCRATCH = VENV / 'tmp'

ENVIRONMENT = {
    **os.environ,
    'PIP_DISABLE_PIP_VERSION_CHECK': '1',
    'PIP_NO_CACHE_DIR': '1',
    'PIP_NO_INPUT': '1',
    'PIP_USER': '0',
    'TMPDIR': str(SCRATCH),
}


class Step(NamedTuple):
    """
    One step of the set-up.

    :ivar what: What the user reads while it runs.
    :ivar inputs: Texts and files (or folders) on which it depends.
    """

    name: str
    what: str
    inputs: Sequence[str | Path]
    run: Callable[[], None]

    @property
    def digest(self) -> str:
        """A hash of all inputs."""
        total = hashlib.sha256()
        for item in self.inputs:
            total.update(_content(item))
        return total.hexdigest()


def _content(item: str | Path) -> bytes:
    if isinstance(item, str):
        return item.encode()
    files = sorted(item.rglob('*')) if item.is_dir() else [item]
    return b''.join(file.read_bytes() for file in files if file.is_file())


def create_venv() -> None:
    run(getattr(sys, '_base_executable', sys.executable), '-m', 'venv', VENV)


def install_packages() -> None:
    pip(
        'install', '-r', HERE / 'requirements.txt', '-r', HERE / 'requirements-dev.txt',
        '-c', HERE / 'constraints.txt',
    )  # fmt: skip


def install_vendor_libraries() -> None:
    """Unpack libk4a and libk4arecord, which suit every Python, from a wheel tagged for some."""
    if os.uname().machine != 'x86_64':
        return
    with_folder = SCRATCH / 'vendor'
    pip(
        'download', '-r', HERE / 'requirements-vendor.txt', '-d', with_folder, '--no-deps',
        '--only-binary=:all:', '--python-version=3.12',
    )  # fmt: skip
    for wheel in with_folder.glob('*.whl'):
        shutil.unpack_archive(wheel, with_folder, 'zip')
    target = site_packages() / 'pyk4a_bundle.libs'
    shutil.rmtree(target, ignore_errors=True)
    shutil.move(with_folder / 'pyk4a_bundle.libs', target)


def build_tf2_msgs() -> None:
    build = SCRATCH / 'tf2_msgs'
    shutil.rmtree(build, ignore_errors=True)
    cmake = VENV / 'bin' / 'cmake'
    run(
        cmake, '-S', HERE / 'tf2_msgs', '-B', build, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release',
        f'-DCMAKE_MAKE_PROGRAM={VENV / "bin" / "ninja"}', f'-DCMAKE_PREFIX_PATH={VENV}',
        f'-DCMAKE_INSTALL_PREFIX={VENV}', f'-DPython3_EXECUTABLE={PYTHON}',
    )  # fmt: skip
    run(cmake, '--build', build)
    run(cmake, '--install', build)


def copy_tf2_ros() -> None:
    shutil.copytree(HERE / 'tf2_ros', site_packages() / 'tf2_ros', dirs_exist_ok=True)


def install_package() -> None:
    pip('install', '--no-deps', '--no-build-isolation', '-e', ROOT)


def steps() -> list[Step]:
    """Return the steps, in order; the paths of .venv do not survive a move of the folder."""
    python = os.path.realpath(getattr(sys, '_base_executable', sys.executable))
    requirements = ['requirements.txt', 'requirements-dev.txt', 'constraints.txt']
    return [
        Step('venv', f'environment for Python {machine.VERSION}',
             [sys.version, python, str(ROOT)], create_venv),
        Step('packages', 'rclpy, Fast DDS, messages, numba, OpenCV, test tools',
             [HERE / name for name in requirements], install_packages),
        Step('vendor', "the vendor's libk4a and libk4arecord",
             [HERE / 'requirements-vendor.txt'], install_vendor_libraries),
        Step('tf2_msgs', 'tf2_msgs, built from source', [HERE / 'tf2_msgs'], build_tf2_msgs),
        Step('tf2_ros', 'the broadcasters of tf2_ros', [HERE / 'tf2_ros'], copy_tf2_ros),
        Step('package', 'this package',
             [ROOT / 'setup.py', ROOT / 'setup.cfg'], install_package),
    ]  # fmt: skip


def site_packages() -> Path:
    return VENV / 'lib' / f'python{machine.VERSION}' / 'site-packages'


def pip(*arguments: str | Path) -> None:
    run(PYTHON, '-m', 'pip', *arguments)


def run(*arguments: str | Path) -> None:
    command = [str(argument) for argument in arguments]
    with LOG.open('a') as log:
        log.write(f'$ {shlex.join(command)}\n')
        log.flush()
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENVIRONMENT
        )


def load_state() -> dict[str, str]:
    """Return the digests of the steps done; none where a step was interrupted."""
    try:
        state: dict[str, str] = json.loads(STATE.read_text())
    except (OSError, ValueError):
        return {}
    if state.pop('running', None):
        print('setup: the last one was interrupted; beginning anew', flush=True)
        return {}
    return state


def save_state(state: dict[str, str]) -> None:
    VENV.mkdir(exist_ok=True)
    draft = STATE.with_suffix('.new')
    draft.write_text(json.dumps(state, indent=1))
    draft.replace(STATE)


def perform(step: Step, state: dict[str, str]) -> None:
    print(f'setup: {step.what} ...', flush=True)
    if step.name == 'venv':
        if STATE.exists():  # an environment of our own; one that was made by hand is kept
            shutil.rmtree(VENV)
        state.clear()
    save_state({**state, 'running': step.name})
    SCRATCH.mkdir(exist_ok=True)
    step.run()
    shutil.rmtree(SCRATCH, ignore_errors=True)
    state[step.name] = step.digest
    save_state(state)


def main() -> int:
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # of two makes at a time the second finds all done
        return set_up()
    finally:
        os.close(folder)


def set_up() -> int:
    started = time.monotonic()
    state = load_state()
    todo = [step for step in steps() if state.get(step.name) != step.digest]
    if not todo:
        return 0
    lacking = machine.missing()
    for line in lacking:
        print(f'setup: {line}', file=sys.stderr)
    if lacking:
        return 1
    if todo[0].name == 'venv':
        todo = steps()
    for step in todo:
        try:
            perform(step, state)
        except (subprocess.CalledProcessError, OSError) as error:
            save_state(state)
            print(f'setup: {step.what}: failed: {error}', file=sys.stderr)
            if LOG.exists():
                tail = LOG.read_text(errors='replace').splitlines()[-15:]
                print(*tail, f'setup: the whole log: {LOG}', sep='\n', file=sys.stderr)
            return 1
    print(f'setup: done in {time.monotonic() - started:.0f} s', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
