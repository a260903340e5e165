"""Results are kept until their arguments, their source or a callee's source changes."""

import importlib
import sys
import textwrap

import pandas as pd
import pytest

from analysis import memory, sources


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two modules, where the first calls the second, with a store of its own."""
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    monkeypatch.setattr(memory, "SNAPSHOT", sources.Snapshot())
    monkeypatch.setattr(sources, "SNAPSHOT", memory.SNAPSHOT)
    monkeypatch.setattr(memory, "store", memory.Memory(tmp_path / "store", verbose=0))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "room").mkdir()
    write(tmp_path, "room/__init__.py", "")
    write(tmp_path, "room/callee.py", "def factor():\n    return 2\n")
    write(
        tmp_path,
        "room/caller.py",
        """
        from analysis.memory import remember
        from room import callee
        from pathlib import Path

        @remember
        def scaled(x, log):
            with Path(log).open("a") as file:
                file.write(".")
            return x * callee.factor()
        """,
    )
    yield tmp_path
    forget()


def write(folder, name, text):
    (folder / name).write_text(textwrap.dedent(text))


def forget():
    for name in [name for name in sys.modules if name.split(".")[0] == "room"]:
        del sys.modules[name]
    memory._identity.cache_clear()
    memory.digest_sources.cache_clear()
    memory.SNAPSHOT.clear()


def scaled(folder, x):
    """Call the function as a new process would: its modules imported afresh."""
    forget()
    importlib.invalidate_caches()
    memory.SNAPSHOT.take(folder / "room")
    return importlib.import_module("room.caller").scaled(x, str(folder / "log"))


def runs(folder):
    return len((folder / "log").read_text())


@pytest.mark.parametrize(
    ("file", "old", "new", "result"),
    [("callee", "2", "100", 300), ("caller", "x *", "-x *", -6)],
)
def test_changed_code_is_noticed_wherever_it_is(project, file, old, new, result):
    assert (scaled(project, 3), scaled(project, 4)) == (6, 8)
    source = (project / f"room/{file}.py").read_text()
    write(project, f"room/{file}.py", source.replace(old, new))
    assert scaled(project, 3) == result
    assert runs(project) == 3


def test_a_call_is_computed_once_whatever_comments_and_docstrings_say(project):
    assert scaled(project, 3) == scaled(project, 3) == 6
    write(project, "room/callee.py", '"""Text."""\ndef factor():\n    return 2  # twice\n')
    assert scaled(project, 3) == 6
    assert runs(project) == 1


def test_an_equal_frame_built_again_is_recognised(project):
    """The two formats of the report build their frames separately."""
    for _ in range(2):
        frame = pd.DataFrame({"x": [1.0, 2.0], "name": pd.Categorical(["a", "b"])})
        scaled(project, frame["x"].to_frame())
    assert runs(project) == 1


def test_code_edited_before_the_first_call_is_not_taken_for_what_runs(project):
    """The modules are imported, then one is edited, then the function is called."""
    assert scaled(project, 1) == 2
    caller = sys.modules["room.caller"]
    write(project, "room/callee.py", "def factor():\n    return 100\n")
    memory._identity.cache_clear()
    memory.digest_sources.cache_clear()
    assert caller.scaled(3, str(project / "log")) == 6
    assert scaled(project, 3) == 300


def test_code_edited_while_a_result_is_computed_is_not_stored(project):
    source = (project / "room/caller.py").read_text()
    edit = """Path(callee.__file__).write_text("def factor():\\n    return 100\\n")"""
    write(project, "room/caller.py", source.replace("return x", f"{edit}\n    return x"))
    write(project, "room/callee.py", "def factor():\n    return 2\n")
    assert scaled(project, 3) == 6
    write(project, "room/callee.py", "def factor():\n    return 2\n")
    assert scaled(project, 3) == 6
    assert runs(project) == 2
