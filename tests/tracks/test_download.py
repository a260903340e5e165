"""Downloads from a server on this machine, with everything that can go wrong on the way."""

import dataclasses
import errno
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pooch
import pytest
from made_tracks import as_export, make_tracks

from analysis.tracks import datasets
from analysis.tracks.download import download
from analysis.tracks.schema import BadInput

TRACKS = make_tracks(50)
CONTENT = as_export(TRACKS).to_csv(index=False).encode()


class Server(ThreadingHTTPServer):
    """A server whose answers a test can spoil."""

    content, break_after, asked = CONTENT, None, 0


class Answer(BaseHTTPRequestHandler):
    """Answer with the server's content, or a part of that."""

    def do_GET(self):
        """Send the content."""
        self.server.asked += 1
        self.send_response(404 if "nothing" in self.path else 200)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content[: self.server.break_after])

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Run a server that has the table which the registry knows as tidytuesday."""
    known = datasets.KNOWN["tidytuesday"]
    meant = dataclasses.replace(known, fingerprint=datasets.fingerprint(TRACKS))
    monkeypatch.setitem(datasets.KNOWN, "tidytuesday", meant)
    monkeypatch.setenv("VALENCE_DATA", str(tmp_path / "data"))
    with Server(("127.0.0.1", 0), Answer) as running:
        running.address = f"http://127.0.0.1:{running.server_port}/tracks.csv"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def fetch(server):
    """Download the table from the test's server."""
    return download("tidytuesday", server.address, progress=False)


def leftovers(tmp_path) -> list[str]:
    """Return the names of the files in the folder of larger tables."""
    return sorted(file.name for file in (tmp_path / "data").iterdir())


def test_table_arrives_whole(server, tmp_path):
    """The file is there under its name, and is not fetched twice."""
    path = fetch(server)
    assert path.read_bytes() == CONTENT
    assert leftovers(tmp_path) == ["tidytuesday.csv"]
    assert len(datasets.load("tidytuesday")) == 50
    fetch(server)
    assert server.asked == 1


def test_progress_is_shown(server, capsys):
    """The terminal shows how far it is."""
    download("tidytuesday", server.address)
    assert "100%" in capsys.readouterr().err


def test_broken_line_leaves_nothing(server, tmp_path):
    """The next call starts again."""
    server.break_after = 3000
    with pytest.raises(BadInput, match="or the line to it broke: see whether"):
        fetch(server)
    assert leftovers(tmp_path) == []
    server.break_after = None
    assert fetch(server).read_bytes() == CONTENT


OTHERS = [b"<html>Not here</html>", CONTENT.replace(b"0.5", b"0.6"), b""]


@pytest.mark.parametrize("content", OTHERS)
def test_wrong_file_is_refused(server, tmp_path, content):
    """Another page, another table or nothing never gets the table's name."""
    server.content = content
    with pytest.raises(BadInput, match="not the table 'tidytuesday'"):
        fetch(server)
    assert leftovers(tmp_path) == []


def test_full_disk(server, tmp_path, monkeypatch):
    """A full disk is said, and the part that filled it goes."""

    def fill(self, url, output_file, *_):
        output_file.write_bytes(b"some")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", fill)
    with pytest.raises(BadInput, match="is full: make room"):
        fetch(server)
    assert leftovers(tmp_path) == []


def test_folder_that_cannot_be_written(server, tmp_path):
    """Another can be named."""
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(BadInput, match=r"cannot be written .*: name another folder"):
        fetch(server)


def test_missing_page_and_silent_server(server):
    """A status is named; a server that does not answer is a broken line."""
    with pytest.raises(BadInput, match="status 404"):
        download("tidytuesday", server.address + "/nothing", progress=False)
    with pytest.raises(BadInput, match="cannot be reached"):
        download("tidytuesday", "http://127.0.0.1:9/tracks.csv", progress=False)


def test_unknown_name_and_table_without_address(tmp_path, monkeypatch):
    """Known names are listed; a table without an address comes with advice."""
    monkeypatch.setenv("VALENCE_DATA", str(tmp_path))
    with pytest.raises(BadInput, match="choose one of genres, charts"):
        download("nothing")
    with pytest.raises(BadInput, match="weekly charts at"):
        download("charts")
    assert download("genres").name == "genres.csv"
