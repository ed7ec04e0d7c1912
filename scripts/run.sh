#!/usr/bin/env bash
# The demo in a window; without a display the same job headless.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" != Linux ]; then
    exec .venv/bin/python main.py demo
fi
echo "No display: running the main job headless instead."
exec .venv/bin/python main.py tour --out out/tour
