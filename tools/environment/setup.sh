#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Finds Python 3.10 or newer and lets create.py set up .venv with it: PYTHON if given, else the one
# that .venv already has, else the first that suits.
cd "$(dirname "$0")/../.." || exit 1

suits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1
}

if [ -n "$PYTHON" ]; then
    if ! suits "$PYTHON"; then
        echo "setup: PYTHON=$PYTHON is not a Python 3.10 or newer; name another one" >&2
        exit 1
    fi
    exec "$PYTHON" tools/environment/create.py
fi
for python in .venv/bin/python python3 python3.13 python3.12 python3.11 python3.10; do
    if suits "$python"; then
        exec "$python" tools/environment/create.py
    fi
done
echo "setup: Python 3.10 or newer is missing; sudo apt install python3 python3-venv python3-dev," \
    "or name one: make setup PYTHON=/path/to/python3" >&2
exit 1
