"""The versions, counts and commit that the report prints."""

import base64
import hashlib
import re
import subprocess

import jsonschema
import pytest
import typst
import yaml

from analysis import provenance, releasing
from analysis.tracks.schema import BadInput

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]

# The rules of Citation File Format 1.2.0 for what this file may hold; anything else is an error.
TEXT = {"type": "string", "minLength": 1}
RULES = {
    "title": TEXT,
    "authors": {
        "type": "array", "minItems": 1, "uniqueItems": True,
        "items": {
            "type": "object", "required": ["name"], "additionalProperties": False,
            "properties": dict.fromkeys(("name", "website", "email", "orcid"), TEXT),
        },
    },
    "version": {"type": ["string", "number"]},
    "license": {"enum": ["MIT", "CC-BY-4.0"]},  # names of SPDX; several would mean either
}  # fmt: skip
REFERENCE = {
    "type": "object", "required": ["authors", "title", "type"], "additionalProperties": False,
    "properties": RULES | {
        "type": {"enum": ["report", "article", "software", "generic"]},
        "year": {"type": "integer"}, "url": TEXT, "doi": TEXT,
    },
}  # fmt: skip
SCHEMA = {
    "type": "object", "required": ["authors", "cff-version", "message", "title"],
    "additionalProperties": False,
    "properties": RULES | {
        "cff-version": {"const": "1.2.0"}, "message": TEXT,
        "type": {"enum": ["software", "dataset"]},
        "date-released": {"type": "string", "pattern": r"^\d{4}-[01]\d-[0-3]\d$"},
        "keywords": {"type": "array", "minItems": 1, "uniqueItems": True, "items": TEXT},
        "preferred-citation": REFERENCE, "url": TEXT, "doi": TEXT, "repository-code": TEXT,
    },
}  # fmt: skip


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


def test_the_citation_file_follows_its_format():
    said = yaml.load((provenance.ROOT / "CITATION.cff").read_text(), yaml.BaseLoader)
    said["preferred-citation"]["year"] = int(said["preferred-citation"]["year"])
    jsonschema.validate(said, SCHEMA)


def test_citation_names_the_report_as_quarto_does():
    settings = yaml.safe_load((provenance.ROOT / "_quarto.yml").read_text())
    said = yaml.safe_load((provenance.ROOT / "CITATION.cff").read_text())
    assert said["keywords"] == settings["keywords"]
    assert said["title"] == said["preferred-citation"]["title"] == settings["title"]
    assert said["version"] == said["preferred-citation"]["version"]
    citation = provenance.cite_report()
    assert settings["title"] in citation
    assert settings["author"] in citation
    assert str(settings["date"].year) in citation


def test_a_release_holds_the_report_of_its_commit_and_no_other(report, tmp_path):
    (report / "CITATION.cff").write_text("version: 1.2.3")
    rendered, target = tmp_path / "rendered", tmp_path / "docs"
    rendered.mkdir()
    (rendered / "report.pdf").write_bytes(typst.compile(b"The front page"))
    with pytest.raises(BadInput, match="no checkout"):
        releasing.release(rendered, target)
    commit = commit_in(report)
    (rendered / "report.html").write_text("of another commit")
    with pytest.raises(BadInput, match=f"not the report of commit {commit}"):
        releasing.release(rendered, target)
    picture = base64.b64encode(
        b'<svg><metadata id="figure-data">x,y\n1,2\n</metadata></svg>'
    ).decode()
    shown = f'<div id="fig-a"><img alt="A" src="data:image/svg+xml;base64,{picture}"></div>'
    (rendered / "report.html").write_text(f"of {commit} {shown}")
    releasing.release(rendered, target)
    first, *sums = (target / releasing.SUMS).read_text().splitlines()
    assert first == f"# Version 1.2.3, commit {commit}"
    named = dict(reversed(line.split("  ")) for line in sums)
    there = {str(one.relative_to(target)) for one in target.rglob("*") if one.is_file()}
    assert {*named, releasing.SUMS} == there == {*releasing.FILES, "data/fig-a.csv"}
    assert (target / "data" / "fig-a.csv").read_text("utf-8-sig") == "x,y\n1,2\n"
    for name, digest in named.items():
        assert hashlib.sha256((target / name).read_bytes()).hexdigest() == digest
    (report / "report.qmd").write_text("changed")
    with pytest.raises(BadInput, match="files differ"):
        releasing.release(rendered, target)
