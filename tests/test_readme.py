"""README's first screen says what the analysis finds today."""

import re
from pathlib import Path

import pytest

from analysis import HOLD_OUT_SEED, printing, releasing
from analysis.inference import final_model, ladders
from analysis.prediction import ceiling, leakage
from analysis.printing import numbers as prose
from analysis.replication import read_records, table_of
from analysis.tracks import cleaning, datasets, splitting

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def published():
    return datasets.load("genres")


@pytest.fixture(scope="module")
def tracks(published):
    return cleaning.clean(published).tracks


def test_counts(tracks):
    recordings, artists = len(tracks), tracks["artist"].nunique()
    assert f"{recordings:,} recordings by {artists:,} artists" in README


def test_effects(tracks):
    train = splitting.hold_out(tracks, seed=HOLD_OUT_SEED).train
    _, effects = final_model.answer(ladders.build_ladder(train))
    first, second = final_model.rank(effects).to_dict("records")[:2]
    said = (
        f"{first['feature'].capitalize()} shows the largest difference in valence, genre and the "
        f"other features equal: {printing.with_ci(first, 'difference')} from {first['contrast']}; "
        f"then {second['feature']}, {printing.with_ci(second, 'difference')}."
    )
    assert said.replace(printing.SPACE, " ") in README


def test_leakage(published, tracks):
    shown = [float(n) for n in re.findall(r"R² of (0\.\d\d);.*?shows (0\.\d\d)\.", README)[0]]
    found = leakage.leakage_table(published, tracks)["r2"]
    assert shown == pytest.approx([found[0], found[2]], abs=0.006)


def test_repeats(published):
    repeatable = ceiling.repeat_measurements(published)["icc"].iloc[0]
    assert f"intraclass correlation of {prose.number(repeatable)}" in README


def test_prediction_and_formula():
    records = read_records()
    if "genres" not in records:
        pytest.skip("the record of genres is of an earlier schema, to be made again")
    fit = table_of(records["genres"], "formula").iloc[0]
    assert f"explains {prose.percent(fit['best_r2'])} of the variance" in README
    kept = prose.percent(fit["kept"])
    assert f"formula of {fit['terms']:.0f} terms keeps {kept} of that R²" in README


def test_commands_and_places_exist():
    targets = re.findall(r"^make (\w+)", README, re.M)
    makefile = (ROOT / "Makefile").read_text()
    assert targets
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in targets)
    places = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert places
    released = {f"docs/{name}" for name in releasing.FILES}  # by make release
    assert not [one for one in places if one not in released and not (ROOT / one).exists()]


def test_every_parameter_is_named():
    makefile = (ROOT / "Makefile").read_text()
    parameters = re.findall(r"^override (\w+) :=", makefile, re.M)
    assert parameters
    assert re.findall(r"^\| `([A-Z]+)` \|", README, re.M) == parameters
    exported = re.findall(r"^export (.+)$", makefile, re.M)
    assert exported == [" ".join(parameters)]
