"""How time and memory grow with the number of tracks.

    python -m benchmarks.scale tracks114k

A known table is grown by drawing its recordings with replacement: each draw gets identifiers,
titles and artists of its own and, in its scores, noise of a hundredth of their range. Every step is
run in a process of its own, which begins with the result of the step before it, so that its peak of
memory is its own. Steps are check, read, clean, "question 1" and the names of learners. Printed are
tables in Markdown of processor time, of time passed and of peaks of memory, with the exponents b of
the least-squares line log y = a + b log n.
"""

import argparse
import json
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import SEED
from analysis.tracks.cleaning import clean, leave_out_sparse
from analysis.tracks.datasets import load
from analysis.tracks.recordings import recording_numbers
from analysis.tracks.schema import BY_NAME, FEATURES
from analysis.tracks.splitting import hold_out

SIZES = (20_000, 100_000, 400_000, 1_200_000)
PART = 1_200_000  # rows of one file
NOISE = 0.01
CONSONANTS, VOWELS = "bdfghklmnprstvz", "aeiou"


def grow(tracks: pd.DataFrame, rows: int, seed: int = SEED) -> pd.DataFrame:
    """Return about so many rows of a canonical table, in which recordings are drawn anew.

    The releases of one recording come along and share its noise, so that they stay releases of one
    recording; the n-th draw of a recording is by the n-th namesakes of its artists.
    """
    random = np.random.default_rng(seed)
    tracks = leave_out_sparse(tracks).dropna().reset_index(drop=True)
    places = pd.Series(range(len(tracks))).groupby(recording_numbers(tracks)).agg(list)
    drawn = random.integers(len(places), size=2 * rows)
    drawn = drawn[: np.searchsorted(places.map(len).to_numpy()[drawn].cumsum(), rows) + 1]
    nth = pd.Series(drawn).groupby(drawn).cumcount().to_numpy()
    sizes = places.map(len).to_numpy()[drawn]
    grown = tracks.iloc[np.concatenate(places.to_numpy()[drawn])].reset_index(drop=True)
    grown = _add_noise(grown, np.repeat(np.arange(len(drawn)), sizes), random)
    words = np.array([_word(number) for number in range(nth.max() + 1)])
    word = pd.Series(np.repeat(words[nth], sizes))
    artists = (word + " " + grown["artists"]).str.split("; ")
    grown["artists"] = ["; ".join([first, *(f"{first.split(' ')[0]} {one}" for one in others)])
                        for first, *others in artists]  # fmt: skip
    named = grown["track_id"] + word
    digest = pd.util.hash_pandas_object(named, index=False)
    return grown.drop(columns="artist").assign(
        track_id=digest.map("{:022x}".format), title=word + " " + grown["title"]
    )


def write(grown: pd.DataFrame, place: Path) -> Path:
    """Write a grown table as CSV, as exports are written, a long one as a folder of parts."""
    whole = [name for name in grown if BY_NAME[name].kind == "integer"]
    place.mkdir()
    starts = range(0, len(grown), PART)
    for start in starts:
        part = grown.iloc[start : start + PART].astype(dict.fromkeys(whole, "Int64"))
        credits = part["artists"].str.replace("; ", ";")
        part.assign(artists=credits).to_csv(place / f"part-{start}.csv", index=False)
    return place if len(starts) > 1 else place / "part-0.csv"


def _add_noise(tracks: pd.DataFrame, draws: np.ndarray, random) -> pd.DataFrame:
    """Add the same noise to all rows of one draw; what lies at a bound stays there."""
    columns = {}
    for name in FEATURES:
        if BY_NAME[name].kind == "number":
            values = tracks[name]
            low, high = values.min(), values.max()
            noise = random.normal(0, NOISE * (high - low), draws[-1] + 1)[draws]
            moved = (values + noise).clip(values[values > low].min(), high).round(6)
            columns[name] = moved.where((values > low) & (values < high), values)
    return tracks.assign(**columns)


def _word(number: int) -> str:
    """Return a made-up word for a number, another for each."""
    rest, last = divmod(number, len(VOWELS))
    rest, first = divmod(rest, len(CONSONANTS))
    syllable = CONSONANTS[first] + VOWELS[last]
    return (_word(rest - 1) if rest else "") + syllable


def _question_1(tracks: pd.DataFrame) -> None:
    """Choose, fit and summarise a formula on the training part."""
    from analysis.inference.final_model import answer
    from analysis.inference.ladders import build_ladder

    answer(build_ladder(hold_out(tracks).train))


def _fit(tracks: pd.DataFrame, name: str) -> None:
    """Fit a learner with its defaults to as many tracks as the report does; predict a thousand."""
    from analysis.prediction.learners import LEARNERS, fit_learner, predict
    from analysis.prediction.network import NETWORKS
    from analysis.prediction.tuning import BUDGETS, draw_artists

    learner = next(one for one in (*LEARNERS, *NETWORKS) if one.name == name)
    fitted = fit_learner(learner, draw_artists(tracks, BUDGETS["full"].crossed))
    predict(fitted, tracks.head(1_000))


def run_step(step: str, given: Path, result: Path) -> None:
    """Run one step and keep what the next one begins with."""
    if step == "check":
        from analysis.__main__ import main

        if main(["check", str(given)]):
            raise SystemExit(2)
    elif step == "read":
        load(given).to_pickle(result)
    elif step == "clean":
        clean(pd.read_pickle(given)).tracks.to_pickle(result)
    elif step == "question 1":
        _question_1(pd.read_pickle(given))
    else:
        _fit(pd.read_pickle(given), step)


def measure(step: str, given: Path, result: Path, limit: int) -> dict[str, float] | None:
    """Run a step in a process of its own; None where it needs more processor time than allowed."""
    command = [sys.executable, "-m", "benchmarks.scale", "--step", step, given, result, str(limit)]
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return None
    if done.returncode:
        sys.exit(f"{step} failed: {done.stderr[-2000:]}")
    passed = time.perf_counter() - start
    return {"passed": passed, **json.loads(done.stdout.splitlines()[-1])}


def find_peak() -> float:
    """Return the most memory that this process has held, in GB.

    Linux' ru_maxrss begins with the size of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1]) / (1 << 20)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 30)


def exponent(sizes: pd.Series, values: pd.Series) -> float:
    """Return b of the least-squares line log y = a + b log n."""
    return float(np.polyfit(np.log(sizes.astype(float)), np.log(values.astype(float)), 1)[0])


def summarize(rows: pd.DataFrame, what: str, form: str) -> pd.DataFrame:
    """Return a line a step, a column a size, and the exponent over all sizes."""
    table = rows.pivot_table(what, "step", "tracks", sort=False)
    shown = table.map(lambda value: form.format(value) if value == value else "-")
    shown.columns = [f"{size:,}" for size in shown]
    known = [line.dropna() for _, line in table.iterrows()]
    fitted = [exponent(line.index.to_series(), line) if len(line) > 1 else "" for line in known]
    return shown.assign(exponent=fitted)


def main() -> None:
    """Grow a table, measure each step at each size, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--steps", nargs="*", default=["check", "read", "clean", "question 1"])
    parser.add_argument("--limit", type=int, default=600, help="processor seconds a step may take")
    given = parser.parse_args()
    tracks, rows, given_up = load(given.data), [], set()
    with tempfile.TemporaryDirectory() as folder:
        for size in sorted(given.sizes):
            read, cleaned = Path(folder) / "read", Path(folder) / "cleaned"
            table = write(grow(tracks, size), Path(folder) / f"{size}")
            places = {"check": (table, table), "read": (table, read), "clean": (read, cleaned)}
            for step in given.steps:
                if step in given_up:
                    continue
                found = measure(step, *places.get(step, (cleaned, cleaned)), given.limit)
                if found is None:
                    given_up.add(step)
                    continue
                rows.append({"tracks": size, "step": step, **found})
                print(rows[-1], file=sys.stderr, flush=True)
    found = pd.DataFrame(rows)
    units = {"processor": "processor time, s", "passed": "time passed, s", "peak": "memory, GB"}
    for what, title in units.items():
        table = summarize(found, what, "{:.2f}" if what == "peak" else "{:.1f}")
        print(f"\n{title}\n\n{table.to_markdown(floatfmt='.2f')}", flush=True)


if __name__ == "__main__":
    if "--step" in sys.argv[1:2]:
        resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[5]), int(sys.argv[5])))
        run_step(sys.argv[2], *map(Path, sys.argv[3:5]))
        print(json.dumps({"processor": time.process_time(), "peak": find_peak()}))
    else:
        main()
