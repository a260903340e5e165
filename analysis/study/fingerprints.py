"""What a record was made with: a fingerprint of the code that computes."""

import ast
import functools
import hashlib
import io
import tokenize
from pathlib import Path

from analysis.memory import ROOT, list_sources
from analysis.study import steps

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


@functools.cache
def code_fingerprint() -> str:
    """Return the SHA-256 of all code that takes part in a study.

    That is the module of the steps and every module of the project that it imports, at any depth,
    without comments, docstrings and blank lines: wording does not change a number. Versions of
    packages are not part of it; the record lists them.
    """
    digest = hashlib.sha256()
    for path in sorted(list_sources(Path(steps.__file__))):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(bare_code(path.read_text(encoding="utf-8")).encode() + b"\0")
    return digest.hexdigest()


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
