#!/bin/sh
# Sets up .venv for this checkout: `sh deploy/setup.sh` to run storybeam, `sh deploy/setup.sh dev`
# for the tests as well. Does nothing when that has been done for these versions.
set -eu
cd "$(dirname "$0")/.."

extra=${1:-}
venv=.venv
local_wheels=../shared/wheels

suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
        if suitable "$name"; then
            echo "$name"
            return
        fi
    done
    echo "storybeam needs Python 3.11, 3.12 or 3.13; ${PYTHON:-python3} is not. Install one, or" \
        "name it: make PYTHON=/path/to/python3.11" >&2
    return 1
}

# What decides the contents of .venv: another key, another installation.
key() {
    cat constraints.txt pyproject.toml | "$venv/bin/python" -c \
        'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
}

done_for() {
    [ -f "$venv/storybeam-$1" ] && [ "$(cat "$venv/storybeam-$1")" = "$(key)" ]
}

# The programs in a .venv name their folder: once the checkout has moved, they no longer start.
at_home() {
    grep -qsF "$(pwd -P)/$venv" "$venv/bin/activate" && suitable "$venv/bin/python"
}

if ! at_home; then
    python=$(find_python)
    echo "Making $venv with $("$python" --version)."
    rm -rf "$venv"
    "$python" -m venv "$venv" || {
        rm -rf "$venv"
        echo "$python cannot make a virtual environment. On Debian and Ubuntu the package" \
            "python3-venv is missing." >&2
        exit 1
    }
fi

if done_for dev || done_for "${extra:-run}"; then
    exit 0
fi

what=.${extra:+[$extra]}
set -- --constraint constraints.txt
if [ -d "$local_wheels" ]; then
    set -- "$@" --find-links "$local_wheels"
fi
echo "Installing storybeam and what it needs: once, some minutes."
"$venv/bin/python" -m pip install --disable-pip-version-check "$@" --editable "$what"
key >"$venv/storybeam-${extra:-run}"
