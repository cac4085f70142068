#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the package with colcon as a ROS user does, in a scratch workspace under build/, and
# looks at what came out. Needs `make setup`.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
colcon=$root/.venv/bin/colcon
export COLCON_HOME=$root/build/colcon/home
export PYTHONWARNINGS=ignore # setuptools deprecates what colcon does
workspace=$root/build/colcon/workspace

rm -rf "$workspace"
mkdir -p "$workspace/src/azure_kinect_py"
git ls-files -z | tar -c --null -T - | tar -x -C "$workspace/src/azure_kinect_py"
cd "$workspace"

found=$("$colcon" --log-base /dev/null list --names-only)
hidden=$("$colcon" --log-base /dev/null list --names-only --base-paths src/azure_kinect_py/tools)
if [ "$found$hidden" != azure_kinect_py ]; then
    echo "colcon finds other packages than azure_kinect_py: $found $hidden" >&2
    exit 1
fi
"$colcon" build --event-handlers console_direct- --executor sequential

prefix=install/azure_kinect_py
for path in lib/azure_kinect_py/azure_kinect lib/azure_kinect_py/azure_kinect_node \
    share/azure_kinect_py/package.xml share/ament_index/resource_index/packages/azure_kinect_py; do
    test -e "$prefix/$path" || { echo "colcon: $path is not installed" >&2; exit 1; }
done
for folder in config launch rviz udev urdf; do
    git -C "$root" ls-files "$folder" | while read -r path; do
        test -e "$prefix/share/azure_kinect_py/$path" \
            || { echo "colcon: $path is not installed" >&2; exit 1; }
    done
done
git -C "$root" ls-files azure_kinect_py | while read -r path; do
    test -e "$(echo "$prefix"/lib/python3*/site-packages)/$path" \
        || { echo "colcon: $path is not installed" >&2; exit 1; }
done

# The programs run from the install space, away from the checkout.
PYTHONPATH=$(echo "$workspace/$prefix"/lib/python3*/site-packages)
export PYTHONPATH
cd /
"$root/.venv/bin/python" "$workspace/$prefix/lib/azure_kinect_py/azure_kinect" info simulated
