"""The code's own rules: ruff is content, rooms look one way, the lock is whole."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# no room imports from a room further down the way
WAY = ("tracks", "inference", "prediction", "derivation", "study", "replication", "printing")


def test_ruff_finds_nothing():
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "analysis", "render", "tests"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def imported(path: Path) -> set[str]:
    """Return the rooms of analysis/ that one module imports."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return {name.split(".")[1] for name in names if name.startswith("analysis.")}


@pytest.mark.parametrize("room", WAY)
def test_no_room_looks_down_the_way(room):
    below, folder = set(WAY[WAY.index(room) + 1 :]), ROOT / "analysis"
    modules = [*(folder / room).rglob("*.py"), *folder.glob(f"{room}.py")]
    assert not [path for path in modules if imported(path) & below]


def test_lock_has_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    pinned = [line for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    assert len(pinned) > 50
    assert lock.count("--hash=sha256:") >= len(pinned)
