#!/usr/bin/env bash
# Set up a machine that has nothing but Python 3.11: system libraries, .venv, pinned dependencies.
#   setup.sh run    what the program needs (with its embedded gateway)
#   setup.sh dev    also what the tests need
# Does nothing, quickly, when it has been done before.
set -euo pipefail
cd "$(dirname "$0")/.."
level=${1:-run}

# What the Qt wheel loads but does not carry, and a font for the rarest characters of names.
packages="libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0 libxkbcommon-x11-0
  libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0
  libxcb-xkb1 fonts-hanazono"
locks="requirements/terminal.lock requirements/gateway.lock"
if [ "$level" = dev ]; then
    # Judges that are not ours (poppler, zbar), and a display for the real-window tests.
    packages="$packages poppler-utils zbar-tools xvfb openbox xdotool"
    locks="$locks requirements/dev.lock"
fi

python=""
for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || { echo "Python 3.11 or newer is needed (Debian: apt-get install python3 python3-venv)." >&2; exit 1; }
"$python" -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3-venv"

if command -v dpkg-query >/dev/null; then
    missing=""
    for package in $packages; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    if [ -n "$missing" ]; then
        if [ "$(id -u)" = 0 ]; then
            echo "Installing system packages:$missing"
            apt-get update -q >/dev/null
            DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $missing >/dev/null
        else
            echo "These system packages are needed; please have them installed, then try again:" >&2
            echo "  sudo apt-get install --no-install-recommends$missing" >&2
            exit 1
        fi
    fi
else
    echo "Not a Debian system: the libraries Qt needs must be there already ($(echo $packages))." >&2
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
stamp=".venv/.done-$level"
if ! { [ -f "$stamp" ] && cat $locks | cmp -s - "$stamp"; }; then
    echo "Installing Python packages into .venv (some minutes the first time)"
    arguments=""
    for lock in $locks; do arguments="$arguments -r $lock"; done
    .venv/bin/python -m pip install -q --disable-pip-version-check $arguments
    cat $locks > "$stamp"
fi
