"""The colophon's versions and commit."""

import importlib.metadata
import subprocess

import yaml

from analysis import provenance


def test_versions_are_those_installed():
    versions = provenance.list_versions().set_index("software")["version"]
    assert versions["statsmodels"] == importlib.metadata.version("statsmodels")
    assert versions["Python"].count(".") == 2


def test_commit_of_a_changed_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance.name_commit() == "not under version control"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        (tmp_path / "file").write_text("one")
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    commit = provenance.name_commit()
    assert len(commit) == 12
    (tmp_path / "file").write_text("two")
    assert provenance.name_commit() == f"{commit} + changes"


def test_citation_names_the_report_as_quarto_does():
    settings = yaml.safe_load((provenance.ROOT / "_quarto.yml").read_text())
    citation = provenance.cite_report()
    assert settings["title"] in citation
    assert settings["author"] in citation
    assert str(settings["date"].year) in citation
