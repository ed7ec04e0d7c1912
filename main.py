"""莞家综窗: the service-hall terminal.  `python main.py --help` lists the commands."""

import sys

INTERRUPTED = 130  # as shells count Ctrl-C


def run() -> int:
    """Ctrl-C ends it quietly, even while it still loads."""
    try:
        from app.commands import main

        return main(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(run())
