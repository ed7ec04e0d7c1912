"""The same reader played by a process of its own: `put NUMBER NAME`, `lift`, `silent on|off`."""

import argparse
import threading
from typing import Any

from devices.emulators.server import Wire, add_common_arguments, run


class LineDevice:
    def __init__(self) -> None:
        self._card, self._silent = "", False

    def command(self, words: list[str]) -> dict[str, Any]:
        match words:
            case ["put", number, name]:
                self._card = f"CARD {number}|{name}"
            case ["lift"]:
                self._card = ""
            case ["silent", how]:
                self._silent = how == "on"
            case _:
                raise ValueError("put NUMBER NAME | lift | silent on|off")
        return {"card": bool(self._card)}

    def attend(self, wire: Wire, stop: threading.Event) -> None:
        asked = b""
        while not stop.is_set() and (data := wire.receive()) is not None:
            *questions, asked = (asked + data).split(b"\r\n")
            for question in questions if not self._silent else []:
                answer = {b"WHO": "DEMO LR-1", b"READ": self._card or "NONE"}.get(question, "?")
                wire.send(answer.encode() + b"\r\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    add_common_arguments(parser)
    raise SystemExit(run(parser.parse_args(), LineDevice()))
