#!/usr/bin/env bash
# Set up a machine that has nothing but Python 3.11: system libraries, .venv, pinned dependencies.
#   setup.sh run    what the program needs (with its embedded gateway)
#   setup.sh camera  also what a document camera needs, and what finds the paper in its picture
#   setup.sh dev    also what the tests need
#   setup.sh devices  also the foreign printers and spoolers of the slow device tests
# Does nothing, quickly, when it has been done before; takes up again what was broken off.
set -euo pipefail
cd "$(dirname "$0")/.."
level=${1:-run}

# What the Qt wheel loads but does not carry, USB readers and printers, the time zones, and a font for the rarest characters of names.
packages="libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libwayland-cursor0 libwayland-egl1
  libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0
  libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libusb-1.0-0 tzdata fonts-hanazono"
locks="requirements/terminal.lock requirements/gateway.lock"
if [ "$level" = camera ]; then
    packages="$packages libpulse0"  # what QtMultimedia loads
    locks="$locks requirements/camera.lock"
elif [ "$level" != run ]; then
    # Judges that are not ours (poppler, zbar), a display for the real-window tests, a clock that can be set, and what
    # QtMultimedia loads, and a compiler for the small reader library of the tests.
    packages="$packages poppler-utils zbar-tools xvfb openbox xdotool x11-xserver-utils libfaketime libpulse0 gcc libc6-dev"
    locks="$locks requirements/camera.lock requirements/dev.lock"
fi
if [ "$level" = devices ]; then
    # A spooler, a printer and a judge of IPP that are not ours; the printer announces itself by avahi over D-Bus.
    packages="$packages cups cups-client cups-filters cups-ipp-utils avahi-daemon dbus"
    # What runs the judges of slips; where Node is of another source, its npm comes with it.
    command -v npm >/dev/null || packages="$packages nodejs npm"
fi

# The first Python of a version the wheels exist for that can make an environment: Debian keeps that part in a
# package of its own, so the first on the PATH may well be unable.
find_python() {
    local candidate
    for candidate in python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
        "$candidate" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
            2>/dev/null && { command -v "$candidate"; return; }
    done
    return 1
}

# Newer releases give some of these names the suffix t64.
missing_packages() {
    local package installed
    installed=$(dpkg-query -W -f '${Status} ${Package}\n' $packages $(printf '%st64 ' $packages) 2>/dev/null |
        sed -n 's/^[a-z]* ok installed //p' | sed 's/t64$//') || true
    for package in $packages; do
        grep -qxF "$package" <<<"$installed" || echo "$package"
    done
}

install_packages() {
    export DEBIAN_FRONTEND=noninteractive
    echo "Installing system packages: $*"
    apt-get update -q >/dev/null &&
        apt-get install -yq -o DPkg::Lock::Timeout=120 --no-install-recommends "$@" >/dev/null
}

stamp=.venv/.done-$level
unfinished=.venv/.unfinished
up_to_date() { [ ! -e $unfinished ] && .venv/bin/python -c '' 2>/dev/null && cat $locks | cmp -s - "$stamp"; }
usable() { [ ! -e $unfinished ] && .venv/bin/python -m pip --version >/dev/null 2>&1; }
python=""
up_to_date || python=$(find_python) || packages="$packages python3-venv"
if command -v dpkg-query >/dev/null; then
    missing=$(missing_packages | paste -sd ' ')
    if [ -n "$missing" ] && { [ "$(id -u)" != 0 ] || ! install_packages $missing; }; then
        echo "These system packages are needed; please have them installed, then try again:" >&2
        echo "  sudo apt-get install --no-install-recommends $missing" >&2
        exit 1
    fi
elif [ ! -d .venv ]; then
    echo "Not a Debian system: the libraries Qt needs must be there already ($(echo $packages))." >&2
fi

# Two at once (make run beside make test) take turns from here on.
exec 9<.
! command -v flock >/dev/null || flock 9

if ! up_to_date; then
    if ! usable; then
        python=${python:-$(find_python)} || {
            echo "Python 3.11, 3.12 or 3.13 with its venv module is needed (Debian 12: python3 and python3-venv)." >&2
            exit 1
        }
        rm -rf .venv
        mkdir .venv
        : > $unfinished
        "$python" -m venv .venv
    fi
    echo "Installing Python packages into .venv (some minutes the first time)"
    : > $unfinished
    # Broken off, it may leave packages by halves: the mark stays.  Refused (no network), it takes back what it began.
    trap 'exit 130' INT TERM
    .venv/bin/python -m pip install -q --disable-pip-version-check $(printf -- '-r %s ' $locks) || {
        [ $? != 1 ] || rm $unfinished
        echo "The Python packages could not be installed, see above; is the package index within reach?" >&2
        exit 1
    }
    cat $locks > "$stamp"
    rm $unfinished
fi

# Foreign clients, generators and parsers of ESC/POS, apart from what the program uses.  Tests without them are skipped
# and say so, so a package index out of reach is no reason to stop.
judges=.venv/judges
if [ "$level" = devices ] && ! cmp -s requirements/judges.txt $judges/.done; then
    rm -rf $judges
    mkdir -p $judges
    echo "Installing the judges of slips into $judges"
    if npm install --silent --prefix $judges --no-save --no-package-lock --no-fund --no-audit --omit=optional \
        --ignore-scripts $(sed -n 's/^npm //p' requirements/judges.txt) &&
        .venv/bin/python -m pip install -q --disable-pip-version-check --target $judges/python \
            $(sed -n 's/^pip //p' requirements/judges.txt); then
        cp requirements/judges.txt $judges/.done
    else
        echo "The judges of slips could not be installed: their tests will be skipped." >&2
    fi
fi
