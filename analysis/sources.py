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

    def take(self, folder: Path) -> None:
        """Read every module of a folder now."""
        for path in folder.rglob("*.py"):
            self.text(path)

    def text(self, path: Path) -> str:
        """Return a file's source as it was when it was first read."""
        if path not in self.texts:
            self.texts[path] = path.read_text(encoding="utf-8")
        return self.texts[path]

    def holds(self) -> bool:
        """Tell whether all that was read is on disk as it was, `printing` apart: it only draws."""
        read = {path: text for path, text in self.texts.items() if "printing" not in path.parts}
        try:
            return all(path.read_text(encoding="utf-8") == text for path, text in read.items())
        except (OSError, UnicodeDecodeError):
            return False


SNAPSHOT = Snapshot()


def list_sources(path: Path) -> set[Path]:
    """Return a module's file and those of all project modules that it imports, at any depth."""
    found, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += filter(None, map(_file_of, _imported_names(SNAPSHOT.text(current))))
    return found


@functools.cache
def _imported_names(source: str) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(source)):
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
