# SPDX-License-Identifier: Apache-2.0
# The commands of the README. Each sets up .venv first; nothing outside this folder is written.
#
#   make setup [PYTHON=python3.12]    make demo    make bench    make lint    make clean
#   make coverage: of the kernels, with numba switched off
#   make reference: writes docs/parameters.md from the table of parameters
#   make test [ARGS='test/geometry -k edges']

# A sourced ROS install, or another Python's settings, must not leak into the project's own rclpy.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONDONTWRITEBYTECODE LD_LIBRARY_PATH LD_PRELOAD VIRTUAL_ENV
unexport AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH
unexport ROS_DISTRO ROS_VERSION ROS_PYTHON_VERSION ROS_DOMAIN_ID ROS_DISCOVERY_SERVER
unexport RMW_IMPLEMENTATION FASTRTPS_DEFAULT_PROFILES_FILE FASTDDS_DEFAULT_PROFILES_FILE
export ROS_HOME := $(CURDIR)/build/ros
export COLCON_HOME := $(CURDIR)/build/colcon
export NUMBA_CACHE_DIR := $(CURDIR)/.numba_cache
export PYTHONNOUSERSITE := 1

bin := .venv/bin

.PHONY: setup demo test bench lint coverage reference clean

setup:
	@PYTHON='$(PYTHON)' tools/environment/setup.sh

demo: setup
	@$(bin)/python -m tools.demo $(ARGS)

test: setup
	@$(bin)/python -m pytest $(ARGS)

bench: setup
	@$(bin)/python -m tools.bench $(ARGS)

lint: setup
	@$(bin)/ruff check
	@$(bin)/ruff format --check
	@$(bin)/mypy
	@$(bin)/lint-imports --no-cache --no-logo

coverage: setup  # of the kernels, which only Python sees into
	@mkdir -p build
	@NUMBA_DISABLE_JIT=1 COVERAGE_FILE=build/coverage $(bin)/python -m coverage run \
		--include='azure_kinect_py/geometry/*' test/helpers/every_kernel.py build/every_kernel.npz
	@COVERAGE_FILE=build/coverage $(bin)/python -m coverage report --show-missing

reference: setup
	@$(bin)/python -m tools.reference

clean:
	rm -rf .venv build install log demo bench *.egg-info
	rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .numba_cache
	find azure_kinect_py test tools -name __pycache__ -type d -prune -exec rm -rf {} +
