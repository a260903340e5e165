"""What made this report: its citation, packages, commit and tests."""

import ast
import importlib.metadata
import platform
import re
import subprocess

import pandas as pd
import yaml

from analysis.memory import PACKAGES
from analysis.sources import ROOT


def cite_report() -> str:
    """Return the report's reference, as `CITATION.cff` has it, with the commit if there is one."""
    said = _read_citation()
    authors = ", ".join(author["name"] for author in said["authors"])
    return f"{authors} ({said['date-released'].year}). {said['title']}. {name_version()}."


def name_version() -> str:
    """Return "Version 0.1.0, commit 0123456789ab", without a commit where there is none."""
    commit = name_commit()
    return f"Version {_read_citation()['version']}" + (f", commit {commit}" if commit else "")


def _read_citation() -> dict:
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def list_versions() -> pd.DataFrame:
    """Return software and version: Python and the packages that compute and draw, a row each."""
    versions = [("Python", platform.python_version())]
    packages = *PACKAGES, "crepes", "plotnine"
    versions += [(name, importlib.metadata.version(name)) for name in packages]
    return pd.DataFrame(versions, columns=["software", "version"])


def count_checks() -> dict[str, int]:
    """Count tests, those against_r (which read the fixture `oracle`), and the report's cells."""
    paths = (ROOT / "tests").rglob("test_*.py")
    nodes = [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    tests = [node for node in nodes
             if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]  # fmt: skip
    cells = re.findall(r"^```\{python\}", (ROOT / "report.qmd").read_text("utf-8"), re.M)
    return {
        "tests": len(tests),
        "against_r": sum("oracle" in [each.arg for each in one.args.args] for one in tests),
        "cells": len(cells),
    }


def name_commit() -> str:
    """Return the commit the report was made from, with "+ changes" where files differ from it.

    Nothing without git or in an archive, whatever repository may be around it.
    """
    command = ["git", f"--git-dir={ROOT / '.git'}", f"--work-tree={ROOT}", "describe",
               "--always", "--exclude=*", "--abbrev=12", "--dirty= + changes"]  # fmt: skip
    try:
        return subprocess.check_output(command, stderr=subprocess.DEVNULL, text=True).strip()
    except (OSError, subprocess.SubprocessError):
        return ""
