"""Downloads from a server on this machine, with everything that can go wrong on the way."""

import dataclasses
import errno
import re
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

    content, break_after, ranges, asked = CONTENT, None, True, ()


class Answer(BaseHTTPRequestHandler):
    """Answer with the server's content, or the rest of it, or a part of that."""

    def do_GET(self):
        """Send the content from where the client asks."""
        wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and self.server.ranges else 0
        self.server.asked = (*self.server.asked, start)
        content = self.server.content[start:]
        status = 404 if "nothing" in self.path else 206 if start else 200
        self.send_response(416 if start and not content else status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: self.server.break_after])

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
    assert server.asked == (0,)


def test_progress_is_shown(server, capsys):
    """The terminal shows how far it is."""
    download("tidytuesday", server.address)
    assert "100%" in capsys.readouterr().err


def test_broken_line_is_resumed(server, tmp_path):
    """What came is kept, the next call asks for the rest."""
    server.break_after = 3000
    with pytest.raises(BadInput, match=r"broke after 2,048 bytes.*goes on from there"):
        fetch(server)
    assert leftovers(tmp_path) == ["tidytuesday.csv.part"]
    server.break_after = None
    assert fetch(server).read_bytes() == CONTENT
    assert server.asked == (0, 2048)


def test_server_that_cannot_resume(server):
    """A server that starts again from the front does no harm."""
    server.break_after = 3000
    with pytest.raises(BadInput):
        fetch(server)
    server.break_after, server.ranges = None, False
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
        output_file.write(b"some")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", fill)
    with pytest.raises(BadInput, match="is full: make room"):
        fetch(server)
    assert leftovers(tmp_path) == []


def test_stale_part_is_removed(server, tmp_path):
    """A part longer than the table is of something else."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tidytuesday.csv.part").write_bytes(CONTENT + b"more")
    with pytest.raises(BadInput, match="run it again"):
        fetch(server)
    assert fetch(server).read_bytes() == CONTENT


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
