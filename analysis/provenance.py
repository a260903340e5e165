"""What made this report: its citation, packages and commit, for the colophon."""

import importlib.metadata
import platform
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
    "plotnine",
)


def cite_report() -> str:
    """Return the report's reference, as `CITATION.cff` has it, with the commit it was made from."""
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    authors = ", ".join(author["name"] for author in said["authors"])
    year = said["date-released"].year
    version = f"Version {said['version']}, commit {name_commit()}"
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


def name_commit() -> str:
    """Return the commit the report was made from, with "+ changes" where files differ from it.

    Returns
    -------
    str
        Twelve characters of the commit; "not under version control" without git or a checkout.
    """
    commit = _ask_git("rev-parse", "--short=12", "HEAD")
    changed = _ask_git("status", "--porcelain", "--untracked-files=no")
    return f"{commit} + changes" if commit and changed else commit or "not under version control"


def _ask_git(*words: str) -> str:
    """Return what git prints, or nothing where it fails or is absent."""
    try:
        answer = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
