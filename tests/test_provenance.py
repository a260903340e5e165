"""The versions, counts and commit that the report prints."""

import importlib.metadata
import re
import subprocess

import pytest
import yaml

from analysis import provenance


def test_versions_are_those_installed():
    versions = provenance.list_versions().set_index("software")["version"]
    assert versions["statsmodels"] == importlib.metadata.version("statsmodels")
    assert versions["Python"].count(".") == 2


def test_test_functions_and_cells_are_counted(tmp_path, monkeypatch):
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "test_one.py").write_text("def test_a(oracle): ...\ndef helper(): ...\n")
    (tmp_path / "tests" / "deep" / "test_two.py").write_text(
        "class TestIt:\n    def test_b(self): ...\n"
    )
    (tmp_path / "tests" / "made.py").write_text("def test_no(): ...\n")
    text = "```{python}\n1\n```\n\n`{python} 2`\n\n```{python}\n3\n```\n"
    (tmp_path / "report.qmd").write_text(text)
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance.count_checks() == {"tests": 2, "against_r": 1, "cells": 2}


GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]


def commit_in(folder) -> str:
    """Make a repository of all files in a folder and return its commit."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x", "--allow-empty"]):
        subprocess.run([*GIT, *words], cwd=folder, check=True)
    asked = ["git", "rev-parse", "--short=12", "HEAD"]
    return subprocess.check_output(asked, cwd=folder, text=True).strip()


@pytest.fixture
def report(tmp_path, monkeypatch):
    """A folder with a report, two levels down."""
    folder = tmp_path / "outer" / "report"
    folder.mkdir(parents=True)
    (folder / "report.qmd").write_text("one")
    monkeypatch.setattr(provenance, "ROOT", folder)
    return folder


def test_commit_of_a_changed_checkout(report):
    assert provenance.name_commit() == ""
    commit = commit_in(report)
    assert provenance.name_commit() == commit
    (report / "report.qmd").write_text("two")
    assert provenance.name_commit() == f"{commit} + changes"


def test_a_link_to_a_checkout_is_one(report, monkeypatch, tmp_path):
    commit = commit_in(report)
    (tmp_path / "link").symlink_to(report)
    monkeypatch.setattr(provenance, "ROOT", tmp_path / "link")
    assert provenance.name_commit() == commit


@pytest.mark.parametrize("is_ignored", [False, True])
def test_no_commit_of_a_repository_around_it(report, is_ignored):
    """As where an archive was unzipped inside another repository, kept there or not."""
    (report.parent / ".gitignore").write_text("report\n" if is_ignored else "")
    assert commit_in(report.parent)
    assert provenance.name_commit() == ""


def test_no_commit_of_a_repository_that_has_not_the_report(report):
    """As where an archive was unzipped over another repository."""
    (report / ".gitignore").write_text("report.qmd\n")
    assert commit_in(report)
    assert provenance.name_commit() == ""


@pytest.mark.parametrize("is_checkout", [False, True])
def test_no_commit_of_a_repository_that_the_shell_names(report, tmp_path, monkeypatch, is_checkout):
    """As inside a hook of another repository."""
    commit = commit_in(report) if is_checkout else ""
    other = tmp_path / "other"
    other.mkdir()
    (other / "report.qmd").write_text("another")
    assert commit_in(other) != commit
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(report))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert provenance.name_commit() == commit


def test_no_commit_without_git(report, monkeypatch):
    commit_in(report)
    monkeypatch.setenv("PATH", "/nowhere")
    assert provenance.name_commit() == ""


@pytest.mark.parametrize(
    ("commit", "end"), [("", r" Version [\d.]+\."), ("abc", r", commit abc\.")]
)
def test_a_commit_is_cited_where_there_is_one(monkeypatch, commit, end):
    monkeypatch.setattr(provenance, "name_commit", lambda: commit)
    assert re.search(f"{end}$", provenance.cite_report())


def test_citation_names_the_report_as_quarto_does():
    settings = yaml.safe_load((provenance.ROOT / "_quarto.yml").read_text())
    citation = provenance.cite_report()
    assert settings["title"] in citation
    assert settings["author"] in citation
    assert str(settings["date"].year) in citation
