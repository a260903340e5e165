"""Formulas of one data set on the held-out tracks of another."""

import pandas as pd

from analysis.derivation import formula_search
from analysis.derivation.formula_search import Factor, Formula, FormulaSearch
from analysis.tracks.splitting import hold_out

RULE = Formula(0.1, (0.8,), ((Factor("danceability", "line"),),))


def test_no_formula_learns_from_an_artist_that_any_data_set_holds_out(tracks, monkeypatch):
    seen = []

    def note(train, **options):
        assert "metre" not in train  # which one of them lacks
        seen.append(set(train["artist"]))
        return FormulaSearch(RULE, pd.DataFrame(), 0)

    monkeypatch.setattr(formula_search, "find_formula", note)
    other = tracks.iloc[::2].reset_index(drop=True)
    frames = {"one": tracks.assign(metre="4"), "two": other.drop(columns="metre", errors="ignore")}
    found = formula_search.score_elsewhere(frames)
    assert set(found["trained"]) == set(found["tested"]) == {"one", "two"}
    held = set().union(*(hold_out(each).test["artist"] for each in frames.values()))
    assert len(seen) == 2 and not any(names & held for names in seen)


def test_a_rule_holds_where_valence_is_made_by_it_and_nowhere_else(tracks, monkeypatch):
    ruled = tracks.assign(valence=0.1 + 0.8 * tracks["danceability"])
    other = tracks.assign(valence=0.1 + 0.8 * tracks["energy"])
    formulas = iter([RULE, Formula(0.5, (), ())])
    monkeypatch.setattr(
        formula_search, "find_formula",
        lambda train, plain: FormulaSearch(next(formulas), pd.DataFrame(), 0),
    )  # fmt: skip
    found = formula_search.score_elsewhere({"here": ruled, "there": other})
    assert list(found) == ["trained", "tested", "r2", "low", "high"]
    r2 = found.set_index(["trained", "tested"])["r2"]
    assert r2["here", "here"] > 0.999
    assert (r2.drop(("here", "here")) < 0.05).all()
