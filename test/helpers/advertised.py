# SPDX-License-Identifier: Apache-2.0
"""The topics that the driver makes."""


def advertised():
    """Return topic -> type of a camera of which everything is on."""
    from azure_kinect_py.ros.bodies import Bodies
    from azure_kinect_py.ros.imu import ImuTopic
    from azure_kinect_py.ros.parameters import Settings
    from azure_kinect_py.ros.pipeline import Pipeline
    from azure_kinect_py.ros.scene import Scene
    from azure_kinect_py.ros.work import Mappings
    from azure_kinect_py.sources import SourceOptions, open_source

    found = {}

    def advertise(kind, name, depth=10):
        found[name] = kind.__name__

    source = open_source(SourceOptions('simulated'))
    scene = Scene.of(source, Settings.read({'source': 'simulated', 'rgb_point_cloud': True}))
    mappings = Mappings(source.calibration)
    Pipeline(scene, advertise, mappings, warn=print)
    Bodies(scene, advertise, mappings)
    ImuTopic(advertise, scene.frames.imu)
    source.close()
    return found
