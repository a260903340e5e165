"""The versions, counts and commit that the report prints."""

import re
import subprocess

import pytest
import yaml

from analysis import provenance

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]


def test_test_functions_and_cells_are_counted(tmp_path, monkeypatch):
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "tests" / "test_one.py").write_text("def test_a(oracle): ...\ndef helper(): ...\n")
    (tmp_path / "tests" / "deep" / "test_two.py").write_text("def test_b(): ...\n")
    (tmp_path / "tests" / "made.py").write_text("def test_no(): ...\n")
    text = "```{python}\n1\n```\n\n`{python} 2`\n\n```{python}\n3\n```\n"
    (tmp_path / "report.qmd").write_text(text)
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance.count_checks() == {"tests": 2, "against_r": 1, "cells": 2}


def commit_in(folder) -> str:
    """Make a repository of all files in a folder and return its commit."""
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x", "--allow-empty"]):
        subprocess.run([*GIT, *words], cwd=folder, check=True)
    asked = ["git", "rev-parse", "--short=12", "HEAD"]
    return subprocess.check_output(asked, cwd=folder, text=True).strip()


@pytest.fixture
def report(tmp_path, monkeypatch):
    """A folder with a report, inside another folder."""
    folder = tmp_path / "outer" / "report"
    folder.mkdir(parents=True)
    (folder / "report.qmd").write_text("one")
    monkeypatch.setattr(provenance, "ROOT", folder)
    return folder


def test_commit_of_a_checkout_that_is_changed_and_without_git(report, monkeypatch):
    assert provenance.name_commit() == ""
    commit = commit_in(report)
    assert provenance.name_commit() == commit
    (report / "report.qmd").write_text("two")
    assert provenance.name_commit() == f"{commit} + changes"
    monkeypatch.setenv("PATH", "/nowhere")
    assert provenance.name_commit() == ""


def test_no_commit_of_a_repository_around_it_or_of_one_that_the_shell_names(report, monkeypatch):
    """As where an archive was unzipped inside another repository, and inside a hook of that."""
    assert commit_in(report.parent)
    assert provenance.name_commit() == ""
    monkeypatch.setenv("GIT_DIR", str(report.parent / ".git"))
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
