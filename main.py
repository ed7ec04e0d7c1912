"""莞家综窗: the service-hall terminal.  `python main.py --help` lists the commands."""

import sys

from app.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
