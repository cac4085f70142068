# SPDX-License-Identifier: Apache-2.0
"""Installs the package; the metadata is here and in package.xml."""

from glob import glob

from setuptools import find_packages, setup

NAME = 'azure_kinect_py'

setup(
    name=NAME,
    version='0.1.0',
    packages=find_packages(include=[NAME, f'{NAME}.*']),
    package_data={NAME: ['py.typed']},
    data_files=[
        ('share/ament_index/resource_index/packages', [f'resource/{NAME}']),
        (f'share/{NAME}', ['package.xml']),
        (f'share/{NAME}/launch', glob('launch/*.launch.py')),
        (f'share/{NAME}/config', glob('config/*')),
        (f'share/{NAME}/rviz', glob('rviz/*.rviz')),
        (f'share/{NAME}/urdf', glob('urdf/*')),
    ],
    python_requires='>=3.10',
    install_requires=['setuptools', 'numpy>=1.26', 'numba', 'PyYAML'],
    zip_safe=False,
    maintainer='azure_kinect_py maintainers',
    description='ROS 2 driver for the Azure Kinect DK and k4a-compatible cameras',
    license='Apache-2.0',
    entry_points={
        'console_scripts': [
            f'azure_kinect_node = {NAME}.ros.node:main',
            f'azure_kinect = {NAME}.cli:main',
        ],
    },
)
