"""The project's code as this process imported it, whatever happens to files on disk meanwhile."""

import ast
import functools
import io
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


class Snapshot:
    """Source texts by file, as they were when first asked for."""

    def __init__(self):
        """Begin with nothing read."""
        self.texts: dict[Path, str] = {}
        self.stamps: dict[Path, tuple[int, int]] = {}

    def take(self, folder: Path) -> None:
        """Read every module of a folder now."""
        for path in folder.rglob("*.py"):
            self.text(path)

    def text(self, path: Path) -> str:
        """Return a file's source as it was when it was first read."""
        if path not in self.texts:
            self.stamps[path] = _stamp(path)
            self.texts[path] = path.read_text(encoding="utf-8")
        return self.texts[path]

    def holds(self) -> bool:
        """Tell whether all that was read is on disk as it was, `printing` apart: it only draws."""
        return all(self._is_same(path) for path in self.texts if "printing" not in path.parts)

    def _is_same(self, path: Path) -> bool:
        try:
            stamp = _stamp(path)
            if stamp != self.stamps[path] and path.read_text(encoding="utf-8") == self.texts[path]:
                self.stamps[path] = stamp
            return stamp == self.stamps[path]
        except (OSError, UnicodeDecodeError):
            return False

    def clear(self) -> None:
        """Forget everything, as a new process would."""
        self.texts.clear()
        self.stamps.clear()
        _names.cache_clear()


SNAPSHOT = Snapshot()


def list_sources(path: Path) -> set[Path]:
    """Return a module's file and those of all project modules that it imports, at any depth."""
    found, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += _imported(current)
    return found


def _imported(path: Path) -> list[Path]:
    return [file for name in _names(path) if (file := _file_of(name)) is not None]


@functools.cache
def _names(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(SNAPSHOT.text(path))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # "from room import module" names a module only in its second half
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def _file_of(name: str) -> Path | None:
    """Return the file of one of the project's modules, or None for anything else."""
    stem = ROOT.joinpath(*name.split("."))
    candidates = (stem.with_suffix(".py"), stem / "__init__.py")
    return next((file for file in candidates if file.is_file()), None)


def _stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


def read_bare(path: Path) -> str:
    """Return a file's code as it was imported, as `bare_code` leaves it."""
    return bare_code(SNAPSHOT.text(path))


@functools.cache
def bare_code(source: str) -> str:
    """Return Python source without comments, docstrings, blank lines and space at line ends."""
    lines = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            text = node.body[0]
            lines[text.lineno - 1 : text.end_lineno] = [""] * (text.end_lineno - text.lineno + 1)
    return "\n".join(line.rstrip() for line in lines if line.strip())
