"""What cannot be studied is refused at one door, in the same sentence for every command."""

import numpy as np
import pytest

from analysis.__main__ import main
from analysis.tracks import cleaning
from analysis.tracks.schema import BadInput
from analysis.tracks.splitting import hold_out
from render import RenderError
from render.checking import check_parameters
from tests.tracks.made_tracks import make_tracks
from tests.tracks.odd_tracks import KINDS, REFUSED, make_odd


@pytest.mark.parametrize("kind", REFUSED)
def test_every_command_refuses_with_one_sentence(kind, tmp_path, capsys):
    """`check`, `predict`, `study` and the report's own check say the same, naming the table."""
    path, given = tmp_path / "odd.csv", tmp_path / "given.csv"
    make_odd(kind, seed=1).to_csv(path, index=False)
    others = make_odd("plain", seed=2)
    others.assign(title="Another " + others["title"]).to_csv(given, index=False)
    said = set()
    for command in (
        ["check", path],
        ["study", path, "--out", tmp_path / "record.json"],
        ["predict", given, "--train", path, "--out", tmp_path / "predictions.csv"],
    ):
        assert main([str(one) for one in command]) == 2
        said.add(capsys.readouterr().err.strip().splitlines()[-1].rpartition("odd.csv: ")[2])
    with pytest.raises(RenderError) as refused:
        check_parameters({"data": str(path)})
    said.add(str(refused.value).rpartition("odd.csv: ")[2])
    assert len({one.removeprefix("The training table: ") for one in said}) == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["given.csv", "odd.csv"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("all constant", "'danceability', 'energy', 'loudness'"),
        ("all but one constant", "at least 3 of the 9 scores vary"),
        ("valence twice", "Column 'energy' orders the tracks as valence does"),
        ("valence but for one", "'valence' is 0.5 in 99.7 % of the tracks"),
        ("artist of 60 %", "'Prolific' alone has 60 % of the tracks"),
        ("artist of 80 %", "'Prolific' alone has 80 % of the tracks"),
    ],
)
def test_the_sentence_says_what_is_wrong(kind, words, tmp_path, capsys):
    """The reader learns which column or artist it is."""
    make_odd(kind, seed=1).to_csv(tmp_path / "odd.csv", index=False)
    assert main(["check", str(tmp_path / "odd.csv")]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in REFUSED])
def test_what_is_only_odd_is_ready_for_a_study(kind, tmp_path, capsys):
    """The door lets in what the report renders."""
    make_odd(kind, seed=1).to_csv(tmp_path / "odd.csv", index=False)
    assert main(["check", str(tmp_path / "odd.csv")]) == 0
    assert "Ready for a study" in capsys.readouterr().out


def test_valence_that_other_columns_give_away():
    """A sum of columns, or the mean of a genre, leaves nothing to explain."""
    tracks = make_tracks(300, 60)
    summed = 0.5 * tracks["energy"] + 0.002 * tracks["tempo"]
    by_genre = tracks["genre"].map({"folk": 0.2, "punk": 0.5, "soul": 0.7})
    for valence, words in ((summed, "weighted sum"), (by_genre, "same in all tracks of a genre")):
        with pytest.raises(BadInput, match=words):
            cleaning.clean(tracks.assign(valence=valence))
        noise = np.random.default_rng(0).normal(0, 0.02, 300)
        cleaning.clean(tracks.assign(valence=(valence + noise).clip(0.01, 0.99)))


def test_a_genre_of_its_own_for_every_track_gives_nothing_away():
    tracks = make_tracks(300, 60)
    cleaning.clean(tracks.assign(genre=tracks["track_id"]))


@pytest.mark.parametrize(("share", "refused"), [(0.2, False), (0.3, False), (0.45, True)])
def test_artists_with_a_large_share(share, refused):
    """An artist may have so many tracks that the others still make about a fifth."""
    tracks = make_tracks(300, 60)
    theirs = np.arange(300) < share * 300
    tracks["artist"] = tracks["artists"] = tracks["artist"].where(~theirs, "Prolific")
    if refused:
        with pytest.raises(BadInput, match=f"'Prolific' alone has {share:.0%}".replace("%", " %")):
            cleaning.clean(tracks)
    else:
        held = hold_out(cleaning.clean(tracks).tracks).test
        assert 0.15 <= len(held) / 300 <= 0.25


def test_two_artists_with_nearly_all_tracks():
    """It is the hold-out that counts, and not the share of one."""
    tracks = make_tracks(300, 30)
    names = np.where(np.arange(300) < 130, "Ada", np.where(np.arange(300) < 260, "Bob", ""))
    tracks["artist"] = tracks["artists"] = np.where(names == "", tracks["artist"], names)
    with pytest.raises(BadInput, match="by whole artists"):
        cleaning.clean(tracks)
