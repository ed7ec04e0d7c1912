"""Who may import whom, and other rules that keep the house in order."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEAVES = {"app.errors", "app.texts", "app.atomic_file", "app.pdfium_lock"}
PACKING = {"app.packed", "app.page_delta"}
CORE = LEAVES | {"app.domain", "app.ports"}

# package -> (first-party prefixes it may import, third-party modules it may import)
RULES: dict[str, tuple[set[str], set[str]]] = {
    "app.errors": ({"app.errors"}, set()),
    "app.texts": ({"app.errors"}, set()),
    "app.atomic_file": ({"app.errors"}, set()),
    "app.pdfium_lock": (set(), set()),
    "app.packed": (set(), {"zstandard"}),
    "app.page_delta": ({"app.packed"}, {"zstandard"}),
    "app.settings": (CORE, set()),
    "app.logbook": (CORE, set()),
    "app.machine": (CORE | {"app.settings", "app.logbook"}, set()),
    "app.carried_data": (CORE, set()),
    "app.carried_words": (CORE | {"app.carried_data"}, set()),
    "app.schedules": (CORE | {"app.carried_data"}, set()),
    "app.domain": ({"app.domain", "app.errors"}, set()),
    "app.ports": ({"app.domain", "app.errors", "app.ports"}, set()),
    "app.flows": (CORE | {"app.flows"}, set()),
    "app.services": (CORE | {"app.flows", "app.services"}, set()),
    "app.store": (CORE | {"app.store"}, {"sqlalchemy", "sqlcipher3", "cryptography", "keyring"}),
    "app.catalog": (CORE | {"app.catalog"}, {"pypinyin", "stdnum", "openpyxl", "zstandard"}),
    "app.remote": (CORE | PACKING | {"app.remote"}, {"requests", "tuf", "securesystemslib", "urllib3"}),
    "app.receipts": (
        CORE | {"app.receipts"},
        {
            "reportlab", "qrcode", "pyhanko", "pyhanko_certvalidator", "asn1crypto", "cwt", "cbor2", "PIL",
            "pypdfium2", "cryptography",
        },
    ),
    "app.pages": (CORE | {"app.pages"}, {"PIL", "cv2", "numpy", "pypdfium2"}),
    "app.gateway": (
        CORE | PACKING | {"app.gateway", "app.catalog", "app.receipts.token"},
        {
            "fastapi", "starlette", "uvicorn", "pydantic", "sqlalchemy", "tuf", "securesystemslib",
            "cryptography",
        },
    ),
    "devices": (CORE | {"devices"}, {"serial", "usb"}),
    "ui": (CORE | {"app.flows", "app.services", "ui"}, {"PySide6", "shiboken6"}),
    "app.commands": ({"app", "devices", "ui"}, {"PySide6", "pypdfium2"}),
}  # fmt: skip
EXCEPTIONS = {"devices.emulators": {"PIL", "numpy", "pypdfium2"}}  # emulators draw what they print


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def within(name: str, prefixes: set[str]) -> bool:
    return any(name == prefix or name.startswith(prefix + ".") for prefix in prefixes)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("package", RULES)
def test_imports_follow_the_rule(package: str) -> None:
    first_party, third_party = RULES[package]
    target = ROOT / package.replace(".", "/")
    files = sorted(target.rglob("*.py")) if target.is_dir() else [target.with_suffix(".py")]
    assert files
    for path in files:
        extra = {m for p, more in EXCEPTIONS.items() if within(module_of(path), {p}) for m in more}
        for name in imports(path):
            top = name.split(".")[0]
            allowed = top in sys.stdlib_module_names or within(name, first_party | third_party | extra)
            assert allowed, f"{path.relative_to(ROOT)} may not import {name}"


def test_every_package_has_a_rule() -> None:
    for path in sources("app", "devices", "ui"):
        module = module_of(path)
        assert module == "app" or within(module, set(RULES)), f"{module} has no rule"


# What exists on one operating system only.  A driver may need it, so devices/ may import it, guarded; nothing
# else may, but for what is listed with its reason.
ONE_SYSTEM = {
    "fcntl", "termios", "tty", "pty", "pwd", "grp", "resource", "syslog", "crypt", "spwd", "nis", "posix",
    "winreg", "msvcrt", "winsound", "_winapi", "win32api", "win32print", "pywintypes", "cups", "evdev",
    "pyudev", "dbus", "AppKit", "Foundation", "objc",
}  # fmt: skip
ONE_SYSTEM_EXCEPTIONS = {
    "app/store/writer_lock.py": {
        "fcntl",
        "msvcrt",
    },  # one lock, in the words of each system
    "app/gateway/parts.py": {"fcntl"},  # a gateway runs on a server; terminals never come here
}


def one_system_imports(path: Path) -> dict[str, bool]:
    """Modules of one system only that a file imports, and whether each import is guarded.

    Guarded: inside a function, a `try` or an `if`, so that the file loads where the module is missing.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = {id(node) for node in tree.body}
    found: dict[str, bool] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        for top in {module.split(".")[0] for module in modules} & ONE_SYSTEM:
            found[top] = found.get(top, True) and id(node) not in bare
    return found


def test_only_devices_know_one_operating_system() -> None:
    for path in [ROOT / "main.py", *sources("app", "ui")]:
        name = path.relative_to(ROOT).as_posix()
        extra = one_system_imports(path).keys() - ONE_SYSTEM_EXCEPTIONS.get(name, set())
        assert not extra, f"{name} may not import {sorted(extra)}: not on every system"
    for name, modules in ONE_SYSTEM_EXCEPTIONS.items():
        assert one_system_imports(ROOT / name).keys() == modules, f"{name}: an exception nobody needs"


def test_devices_load_on_every_operating_system() -> None:
    for path in sources("devices"):
        bare = [module for module, guarded in one_system_imports(path).items() if not guarded]
        assert not bare, f"{path.relative_to(ROOT)} imports {bare} at its top: guard it"


def test_no_page_asks_for_the_mode() -> None:
    for path in sources("ui"):
        text = path.read_text(encoding="utf-8")
        asks = re.search(r"Channel\.(COUNTER|KIOSK|POPUP)", text)
        assert path.name == "profile.py" or not asks, f"{path} asks for the mode"


def test_no_chinese_outside_texts() -> None:
    """Docstrings and comments may quote a term; emulators carry sample data."""
    chinese = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]")
    for path in [ROOT / "main.py", *sources("app", "devices", "ui")]:
        if "emulators" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        docstrings |= {  # the docstring of an attribute
            id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
        }
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in docstrings:
                continue
            if isinstance(node.value, str) and chinese.search(node.value):  # an escape is allowed
                written = ast.get_source_segment(source, node) or ""
                assert not chinese.search(written), (
                    f"{path.relative_to(ROOT)}:{node.lineno} has Chinese in code"
                )


def test_no_global_statement() -> None:
    for path in sources("app", "devices", "ui"):
        nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        assert not any(isinstance(node, ast.Global) for node in nodes), path


def test_no_time_takes_the_machines_zone() -> None:
    """A day begins when it begins in the halls.  (ruff's DTZ keeps `now()` without a zone away.)"""
    for path in [ROOT / "main.py", *sources("app", "devices", "ui", "tests")]:
        guess = re.search(
            r"\.astimezone\(\)|\btime\.(localtime|mktime|ctime)\(", path.read_text(encoding="utf-8")
        )
        assert not guess, f"{path.relative_to(ROOT)}: {guess and guess[0]} means the zone of the machine"


def test_every_locale_has_every_key() -> None:
    from app.texts import RESOURCES, load

    keys = set(load("zh_CN"))
    for path in (RESOURCES / "text").glob("*.toml"):
        assert set(load(path.stem)) == keys, f"{path.name}: {sorted(set(load(path.stem)) ^ keys)[:20]}"


def test_dependencies_are_locked_without_addresses() -> None:
    import tomllib

    locks = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "requirements").glob("*.lock")}
    assert "://" not in "".join(locks.values())
    pinned = {line.partition("==")[0].replace("_", "-") for text in locks.values() for line in text.split()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for wanted in [*project["dependencies"], *extras["gateway"], *extras["camera"], *extras["dev"]]:
        name = re.split(r"[\[<>=]", wanted)[0].lower().replace("_", "-")
        assert name in pinned, f"{name} is not locked"


def test_every_sentence_named_in_code_exists() -> None:
    """Keys written out in code, `texts["a.b"]`, `texts.say("a.b", …)`; composed ones are for other tests."""
    from app.texts import load

    keys = set(load())
    named = re.compile(r"""(?:texts?|load\(\)|\bt)(?:\.say\(|\[)\s*"([a-z_]+(?:\.[a-z0-9_]+)+)\"""")
    for path in sources("app", "devices", "ui"):
        for key in named.findall(path.read_text(encoding="utf-8")):
            assert key in keys, f"{path.relative_to(ROOT)} names {key}"
