"""The code's own rules: ruff is content, rooms look one way, functions are short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*(ROOT / "analysis").rglob("*.py"), *(ROOT / "render").rglob("*.py")])
# no room imports from a room further down the way
WAY = ("tracks", "inference", "prediction", "study", "reporting")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_ruff_finds_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "analysis", "render", "tests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def imported(path: Path) -> set[str]:
    """Return the rooms of analysis/ that one module imports."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    parts = [name.split(".") for name in names if name.startswith("analysis.")]
    return {part[1] for part in parts}


@pytest.mark.parametrize("room", WAY)
def test_no_room_looks_down_the_way(room):
    below = set(WAY[WAY.index(room) + 1 :])
    modules = (ROOT / "analysis" / room).rglob("*.py")
    looking = {relative(path): imported(path) & below for path in modules}
    assert not {path: rooms for path, rooms in looking.items() if rooms}


def test_functions_are_short():
    long = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                first = node.body[1:] if ast.get_docstring(node) else node.body
                size = node.end_lineno - first[0].lineno + 1 if first else 0
                long += [f"{relative(path)}:{node.name} {size}"] if size > 30 else []
    assert not long


def test_modules_are_of_one_subject():
    """A module of more than 270 lines wants to be two."""
    sizes = {relative(path): len(path.read_text().splitlines()) for path in SOURCES}
    assert not {path: size for path, size in sizes.items() if size > 270}


def test_lock_has_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    pinned = [line for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)
