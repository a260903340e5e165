"""Raw audio analyses: small ones, written after the endpoint's field definitions."""

import gzip
import json

import numpy as np
import pytest

from analysis.tracks.audio_analysis import (
    SUMMARIES,
    holds_analyses,
    read_analyses,
    summarise_analysis,
)
from analysis.tracks.schema import PITCHES, TIMBRE, BadInput


def segment(start, duration, level, pitch):
    """Return a segment with one sounding pitch class and one level in all timbre coefficients."""
    pitches = [0.0] * 12
    pitches[pitch] = 1.0
    return {"start": start, "duration": duration, "confidence": 0.9, "loudness_start": -20.0,
            "loudness_max": -9.0, "loudness_max_time": 0.1, "loudness_end": -20.0,
            "pitches": pitches, "timbre": [float(level)] * 12}  # fmt: skip


def stretches(*lengths):
    """Return bars or beats of some lengths, one after the other."""
    starts = np.cumsum([0, *lengths[:-1]])
    return [{"start": float(s), "duration": float(d), "confidence": 0.5}
            for s, d in zip(starts, lengths, strict=True)]  # fmt: skip


@pytest.fixture
def analysis():
    """Six seconds: four of a low C, two of a high E; two sections that divide them."""
    sections = [
        {"start": 0.0, "duration": 4.0, "loudness": -10.0, "tempo": 100.0, "key": 0, "mode": 1},
        {"start": 4.0, "duration": 2.0, "loudness": -4.0, "tempo": 130.0, "key": 4, "mode": 0},
    ]
    return {
        "meta": {"analyzer_version": "4.0.0", "platform": "Linux", "status_code": 0},
        "track": {"num_samples": 132300, "duration": 6.0, "loudness": -8.0, "tempo": 110.0,
                  "time_signature": 4, "key": 0, "mode": 1, "analysis_sample_rate": 22050},
        "bars": stretches(2, 2, 2), "beats": stretches(0.5, 0.5, 0.7, 0.3),
        "sections": sections, "tatums": [],
        "segments": [segment(0, 3, 10, 0), segment(3, 1, 10, 0), segment(4, 2, 40, 4)],
    }  # fmt: skip


def test_means_are_weighted_by_duration(analysis):
    found = summarise_analysis(analysis)
    assert found["pitch_0"] == pytest.approx(4 / 6)
    assert found["pitch_4"] == pytest.approx(2 / 6)
    assert found["timbre_3"] == pytest.approx((4 * 10 + 2 * 40) / 6)
    assert found["duration_ms"] == 6000
    assert (found["loudness"], found["tempo"], found["key"], found["mode"]) == (-8, 110, 0, 1)


def test_summaries_by_hand(analysis):
    found = summarise_analysis(analysis)
    assert found["timbre_spread_0"] == pytest.approx(np.sqrt(2 / 9) * 30)
    assert found["timbre_change_0"] == pytest.approx(15)
    assert found["pitch_change"] == pytest.approx(2 / 24)
    assert found["section_contrast"] == pytest.approx(1)
    assert found["section_loudness"] == pytest.approx(np.sqrt(2 / 9) * 6)
    assert found["tempo_change"] == pytest.approx(np.sqrt(2 / 9) * 30 / 110)
    assert found["beat_jitter"] == pytest.approx(np.std([0.5, 0.5, 0.7, 0.3]) / 0.5)
    assert found["bar_jitter"] == 0
    assert found["segment_rate"] == pytest.approx(0.5)


def test_cutting_a_segment_in_two_changes_no_mean(analysis):
    before = summarise_analysis(analysis)
    first = analysis["segments"][0]
    analysis["segments"][:1] = [first | {"duration": 1.5}, first | {"start": 1.5, "duration": 1.5}]
    after = summarise_analysis(analysis)
    same = [*PITCHES, *TIMBRE, "pitch_spread", "timbre_spread_0", "section_contrast"]
    assert [after[n] for n in same] == pytest.approx([before[n] for n in same])


def test_sections_that_sound_alike_have_no_contrast(analysis):
    analysis["segments"] = [segment(t, 1, 10 + 30 * (t % 2), 0) for t in range(6)]
    analysis["sections"][1]["start"] = 4.0
    assert summarise_analysis(analysis)["section_contrast"] == pytest.approx(0)


def test_what_is_missing_stays_unknown(analysis):
    bare = {"segments": analysis["segments"][:1]}
    found = summarise_analysis(bare)
    assert found["duration_ms"] == 3000
    for name in ("tempo", "key", "section_contrast", "tempo_change", "beat_jitter", "pitch_change"):
        assert np.isnan(found[name])
    assert np.isfinite(found["pitch_spread"])


def test_a_folder_becomes_a_table(tmp_path, analysis):
    (tmp_path / "abc.json").write_text(json.dumps(analysis))
    (tmp_path / "abd.json.gz").write_bytes(gzip.compress(json.dumps(analysis).encode()))
    (tmp_path / "notes.txt").write_text("nothing")
    table = read_analyses(tmp_path)
    assert list(table["track_id"]) == ["abc", "abd"]
    assert set(SUMMARIES) <= set(table)
    assert table.drop(columns="track_id").loc[0].equals(
        table.drop(columns="track_id").loc[1].rename(0))  # fmt: skip
    assert holds_analyses(tmp_path / "abc.json")
    assert holds_analyses(tmp_path)


def test_a_table_of_tracks_is_no_analysis(tmp_path):
    (tmp_path / "table.json").write_text(json.dumps([{"id": "a", "valence": 0.5}]))
    (tmp_path / "table.csv").write_text('"segments","pitches"')
    assert not holds_analyses(tmp_path / "table.json")
    assert not holds_analyses(tmp_path / "table.csv")
    assert not holds_analyses(tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda a: a.pop("segments"), "no audio analysis"),
        (lambda a: a["segments"].clear(), "has no segments"),
        (lambda a: a["segments"][1].update(duration=-1), "without a duration"),
        (lambda a: a["segments"][1].pop("timbre"), "segment 2 has no twelve numbers in 'timbre'"),
        (lambda a: a["segments"][0]["pitches"].pop(), "segment 1 has no twelve numbers"),
        (lambda a: a["segments"][0]["pitches"].__setitem__(0, 3), "outside 0 to 1"),
        (lambda a: a["segments"].append("x"), "no objects"),
        (lambda a: a["track"].update(tempo=-5), "tempo is -5"),
        (lambda a: a["segments"][0].update(duration=None), "without a duration"),
    ],
)
def test_broken_analyses_are_refused_in_a_sentence(tmp_path, analysis, spoil, said):
    spoil(analysis)
    (tmp_path / "x.json").write_text(json.dumps(analysis))
    with pytest.raises(BadInput, match=said) as error:
        read_analyses(tmp_path / "x.json")
    assert "x.json" in str(error.value)


def test_broken_json_and_empty_folders_are_refused(tmp_path):
    with pytest.raises(BadInput, match="holds no JSON"):
        read_analyses(tmp_path)
    (tmp_path / "x.json").write_text('{"segments": [')
    with pytest.raises(BadInput, match="broken JSON"):
        read_analyses(tmp_path)
    with pytest.raises(BadInput, match="no file"):
        read_analyses(tmp_path / "y.json")
