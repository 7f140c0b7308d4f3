#!/usr/bin/env bash
# Make .venv from requirements.lock on a machine with Python >= 3.11 and nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=""
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Foyer needs Python 3.11, 3.12 or 3.13; set PYTHON to one." >&2
    exit 10
fi

if [ ! -x .venv/bin/python ]; then
    if ! "$python" -m venv .venv 2>/dev/null; then
        rm -rf .venv
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
            "$python" -m venv .venv
        else
            echo "This Python has no venv; install it first (Debian: apt-get install python3-venv)." >&2
            exit 10
        fi
    fi
fi
if [ ! -x .venv/bin/uv ]; then
    # The same version that the lock holds, so that the next step changes nothing about it.
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        "$(grep -oE '^uv==[0-9.]+' requirements.lock)"
fi
export VIRTUAL_ENV=$PWD/.venv
.venv/bin/uv pip sync --quiet --require-hashes requirements.lock
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation --editable .
touch .venv/.ready
