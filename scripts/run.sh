#!/usr/bin/env bash
# The demo in a window; without a display that answers, the same job headless.
set -euo pipefail
cd "$(dirname "$0")/.."

display() {
    [ "$(uname)" = Linux ] || return 0
    [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || return 1
    # Qt aborts without one; the exit keeps the shell's word on that inside the brackets.
    (ulimit -c 0; .venv/bin/python -c 'from PySide6.QtGui import QGuiApplication; QGuiApplication([])'; exit $?) \
        >/dev/null 2>&1
}

if display; then
    exec .venv/bin/python main.py demo
fi
echo "No display: running the main job headless instead."
out=out/tour
rm -rf "$out"
.venv/bin/python main.py tour --out "$out"
echo "Pictures: $(find "$out" -name '*.png' ! -name 'slip-*' | wc -l), in $PWD/$out"
printf 'PDF:      %s\n' "$PWD/$out"/*.pdf
printf 'Slip:     %s\n' "$PWD/$out"/slip-*.png
