"""Results are kept until their arguments, their source or a callee's source changes."""

import importlib
import sys
import textwrap

import pandas as pd
import pytest

from analysis import memory


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of two modules, where the first calls the second, with a store of its own."""
    monkeypatch.setattr(memory, "ROOT", tmp_path)
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


def scaled(folder, x):
    """Call the function as a new process would: its modules imported afresh."""
    forget()
    importlib.invalidate_caches()
    return importlib.import_module("room.caller").scaled(x, str(folder / "log"))


def runs(folder):
    return len((folder / "log").read_text())


def test_same_call_is_computed_once(project):
    assert scaled(project, 3) == scaled(project, 3) == 6
    assert runs(project) == 1


def test_another_argument_is_computed(project):
    assert (scaled(project, 3), scaled(project, 4)) == (6, 8)
    assert runs(project) == 2


def test_a_changed_callee_is_noticed(project):
    assert scaled(project, 3) == 6
    write(project, "room/callee.py", "def factor():\n    return 100\n")
    assert scaled(project, 3) == 300


def test_a_changed_function_is_noticed(project):
    assert scaled(project, 3) == 6
    source = (project / "room/caller.py").read_text().replace("x * callee", "-x * callee")
    write(project, "room/caller.py", source)
    assert scaled(project, 3) == -6


def test_an_equal_frame_built_again_is_recognised(project):
    """The two formats of the report build their frames separately."""

    def frame():
        return pd.DataFrame({"x": [1.0, 2.0], "name": pd.Categorical(["a", "b"])})

    scaled(project, frame()["x"].to_frame())
    scaled(project, frame()["x"].to_frame())
    assert runs(project) == 1


def test_every_module_of_a_room_is_found_through_its_imports():
    path = memory.ROOT / "analysis" / "memory.py"
    assert memory.list_sources(path) == {path}
