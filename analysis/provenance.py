"""What made this report: its citation, packages, commit and tests."""

import ast
import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path

import pandas as pd
import yaml

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    "pandas",
    "statsmodels",
    "patsy",
    "scikit-learn",
    "pygam",
    "keras",
    "jax",
    "optuna",
    "shap",
    "plotnine",
)
# what leads git to another repository, as inside a hook
ELSEWHERE = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_NAMESPACE",
)


def cite_report() -> str:
    """Return the report's reference, as `CITATION.cff` has it, with the commit if there is one."""
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = ", ".join(author["name"] for author in said["authors"])
    year = said["date-released"].year
    commit = name_commit()
    version = f"Version {said['version']}" + (f", commit {commit}" if commit else "")
    return f"{authors} ({year}). {said['title']}. {version}."


def list_versions() -> pd.DataFrame:
    """Return the versions of Python and of the packages that compute.

    Returns
    -------
    pandas.DataFrame
        Columns ``software`` and ``version``, one row each.
    """
    versions = [("Python", platform.python_version())]
    versions += [(name, importlib.metadata.version(name)) for name in PACKAGES]
    return pd.DataFrame(versions, columns=["software", "version"])


def count_checks() -> dict[str, int]:
    """Count what of the report is tested.

    Returns
    -------
    dict
        ``tests``, the test functions in `tests/`; ``against_r``, those of them that read the
        numbers of R, which the fixture `oracle` returns; ``cells``, those of `report.qmd`.
    """
    paths = (ROOT / "tests").rglob("test_*.py")
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    tests = [one for one in functions if one.name.startswith("test_")]
    cells = re.findall(r"^```\{python\}", (ROOT / "report.qmd").read_text("utf-8"), re.M)
    return {
        "tests": len(tests),
        "against_r": sum("oracle" in [each.arg for each in one.args.args] for one in tests),
        "cells": len(cells),
    }


def name_commit() -> str:
    """Return the commit the report was made from, with "+ changes" where files differ from it.

    Returns
    -------
    str
        Twelve characters of the commit; nothing without git, without a checkout, and in a folder
        that lies inside another repository or is none of its files.
    """
    top = _ask_git("rev-parse", "--show-toplevel")
    if not top or Path(top).resolve() != ROOT.resolve():
        return ""
    if not _ask_git("ls-files", "--error-unmatch", "report.qmd"):
        return ""
    commit = _ask_git("rev-parse", "--short=12", "HEAD")
    changed = _ask_git("status", "--porcelain", "--untracked-files=no")
    return f"{commit} + changes" if commit and changed else commit


def _ask_git(*words: str) -> str:
    """Return what git prints of the report's folder, or nothing where it fails or is absent."""
    options = {"capture_output": True, "text": True, "timeout": 20, "check": True}
    environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    try:
        answer = subprocess.run(["git", *words], cwd=ROOT, env=environment, **options)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
