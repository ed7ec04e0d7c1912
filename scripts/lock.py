"""Resolve the dependencies of pyproject.toml into requirements/*.lock: names and versions, nothing else."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def resolve(requirements: list[str]) -> list[str]:
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "-q"]
    report = subprocess.run(
        [*command, "--report", "-", *requirements], check=True, capture_output=True, text=True
    ).stdout
    found = json.loads(report[report.index("{") :])["install"]
    return sorted(f"{e['metadata']['name'].lower()}=={e['metadata']['version']}" for e in found)


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    base = resolve(project["dependencies"])
    gateway = resolve([*base, *extras["gateway"]])
    camera = resolve([*base, *extras["camera"]])
    dev = resolve([*gateway, *camera, *extras["dev"]])
    (ROOT / "requirements").mkdir(exist_ok=True)
    for name, lines, known in (
        ("terminal", base, []),
        ("gateway", gateway, base),
        ("camera", camera, base),
        ("dev", dev, [*gateway, *camera]),
    ):
        text = "\n".join(line for line in lines if line not in known)
        (ROOT / "requirements" / f"{name}.lock").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
