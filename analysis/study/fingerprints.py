"""What a record was made with: a fingerprint of the code that computes."""

import functools
import hashlib
from pathlib import Path

from analysis.sources import ROOT, list_sources, read_bare
from analysis.study import steps


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
        digest.update(read_bare(path).encode() + b"\0")
    return digest.hexdigest()
