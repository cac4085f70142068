# SPDX-License-Identifier: Apache-2.0
"""Installs the package; the metadata is here and in package.xml."""

from pathlib import Path

from setuptools import find_packages, setup

NAME = 'azure_kinect_py'
FOLDERS = ('config', 'launch', 'rviz', 'udev', 'urdf')


def files(folder: str) -> list[str]:
    return sorted(str(path) for path in Path(folder).glob('*') if path.is_file())


setup(
    name=NAME,
    version='0.1.0',
    packages=find_packages(include=[NAME, f'{NAME}.*']),
    package_data={NAME: ['py.typed'], f'{NAME}.sources.simulated': ['*.json']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{NAME}']),
        (f'share/{NAME}', ['package.xml']),
        *((f'share/{NAME}/{folder}', files(folder)) for folder in FOLDERS),
    ],
    python_requires='>=3.10',
    # OpenCV is left to package.xml: it has several names on PyPI, and the system's package none of
    # them, so that a name here can stop the programs of a ROS install from starting.
    install_requires=['setuptools', 'numpy>=1.21', 'numba', 'PyYAML'],
    zip_safe=False,
    maintainer='azure_kinect_py maintainers',
    description='ROS 2 driver for the Azure Kinect DK and k4a-compatible cameras',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            f'azure_kinect_node = {NAME}.cli.node:main',
            f'azure_kinect = {NAME}.cli:main',
        ],
    },
)
