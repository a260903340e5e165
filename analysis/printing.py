"""Numbers and tables as the report prints them; ready strings for inline code."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from analysis.reporting import inert, prose
from analysis.reporting.groups import MOST_GROUPS, keep_largest
from analysis.reporting.tables import markdown

SPACE = "\N{NO-BREAK SPACE}"


def with_ci(row, name: str, digits: int = 3) -> str:
    """Return an estimate of a row with its 95% CI, "+0.142 (95% CI [0.086, 0.116])"."""
    return f"{prose.signed(row[name], digits)} (95%{SPACE}CI{SPACE}{interval(row, name, digits)})"


def interval(row, name: str, digits: int = 3) -> str:
    """Return the ends of a row's interval in brackets that never break."""
    low, high = (prose.number(row[f"{name}_{end}"], digits) for end in ("low", "high"))
    return f"[{low},{SPACE}{high}]"


def listed(words) -> str:
    """Return words as an English list; "none" where there are none."""
    return prose.joined(list(words)) if len(words) else "none"


def compare(found: float, other: float, digits: int = 3) -> str:
    """Say by how much one score is higher or lower than another, as printed."""
    difference = round(round(found, digits) - round(other, digits), digits)
    if difference == 0:
        return "no difference in the digits printed"
    return f"{prose.number(abs(difference), digits)} {'higher' if difference > 0 else 'lower'}"


def p_value(value: float) -> str:
    """Return a p-value for a table."""
    return "<0.001" if value < 0.001 else prose.number(value, 3)


def tabulate_ladder(compared: pd.DataFrame) -> Markdown:
    """Tabulate the candidate formulas, those with interactions beside those without."""
    keys = ["shape", "context"]
    plain = compared[~compared["interactions"]].set_index(keys)
    crossed = compared[compared["interactions"]].set_index(keys)
    rows = []
    for key, row in plain.iterrows():
        other = crossed.loc[[key]].iloc[0] if key in crossed.index else None
        cells = [*_marked(key, row), *_candidate(row)]
        rows.append(cells + (_candidate(other)[:2] if other is not None else ["", ""]))
    names = ["scores", "beside them", "parameters", "CV R² (SE)", "AIC", "BIC",
             "with interactions: parameters", "CV R² (SE) "]  # fmt: skip
    return markdown(pd.DataFrame(rows, columns=names), right=tuple(names[2:]))


def _candidate(row) -> list[Markdown]:
    """Return the cells of one candidate, in bold where it is the chosen one."""
    score = f"{prose.number(row['cv_r2'])} ({prose.number(row['cv_r2_se'])})"
    cells = [prose.count(row["parameters"]), score,
             prose.number(row["aic"], 0), prose.number(row["bic"], 0)]  # fmt: skip
    return _marked(cells, row)


def _marked(cells, row) -> list[Markdown]:
    """Return cells in bold where their row is the chosen one."""
    shown = [inert.escaped(cell) for cell in cells]
    return [Markdown(f"**{cell}**") if row["chosen"] else Markdown(cell) for cell in shown]


def tabulate_final(effects: pd.DataFrame, levels: pd.DataFrame | None, most: int = 12) -> Markdown:
    """Tabulate the final model: a row a feature, and under genre a row a level.

    Parameters
    ----------
    effects : DataFrame
        What `final_model.summarize` returns, with the aggregated p-values.
    levels : DataFrame or None
        What `level_differences` returns; of more than `most` levels the highest and the lowest.
    """
    rows = []
    for row in effects.to_dict("records"):
        rows.append(_final_row(row))
        if row["feature"] == "genre" and levels is not None:
            half = most // 2
            shown = levels if len(levels) <= most else pd.concat([levels[:half], levels[-half:]])
            rows += [_level_row(level) for level in shown.to_dict("records")]
    table = pd.DataFrame(rows).fillna("")
    return markdown(table, right=tuple(table.columns[1:]))


def _final_row(row: dict) -> dict:
    """Return the cells of one feature."""
    scale = f", {row['scale']}" if pd.notna(row["scale"]) and row["scale"] else ""
    values = f"{scale}, {row['contrast']}" if pd.notna(row["contrast"]) else ""
    return {
        "feature, values compared": f"{row['feature']}{values}",
        "per SD": _estimated(row, "per_sd"),
        "difference": _estimated(row, "difference"),
        "p": p_value(row["p"]), "Holm": p_value(row["p_holm"]),
        "halving": p_value(row["p_halved_holm"]),
        "R² lost": prose.number(row["r2_lost"], 3),
    }  # fmt: skip


def _level_row(level: dict) -> dict:
    """Return the cells of one genre."""
    return {
        "feature, values compared": f"genre: {level['level']}",
        "difference": _estimated(level, "difference"),
    }


def _estimated(row: dict, name: str) -> str:
    """Return an estimate with its interval, or nothing where there is none."""
    if pd.isna(row[name]):
        return "\N{EN DASH}"
    return f"{prose.signed(row[name])}{SPACE}{interval(row, name)}"


def tabulate_halvings(halved: pd.DataFrame) -> Markdown:
    """Tabulate what repeated halving says of each feature."""
    return markdown(pd.DataFrame({
        "feature": halved["feature"],
        "in the formula": [prose.percent(share) for share in halved["tested"]],
        "p": [p_value(p) for p in halved["p_halved"]],
        "p, Holm": [p_value(p) for p in halved["p_halved_holm"]],
    }), right=("in the formula", "p", "p, Holm"))  # fmt: skip


def label_contributions(contributions: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the bars of a figure of single predictions, a panel a track.

    `contributions` has a row a track and a column a feature, `tracks` the same rows. The result has
    columns track (title of the panel), feature, contribution, sign, value, and the value's place
    and alignment (ha).
    """
    names = ("title", "artist")
    titles = {
        row: "\n".join([*(_shortened(one[name]) for name in names),
                        f"true {prose.number(one['valence'], 2)}, "
                        f"predicted {prose.number(one['predicted'], 2)}"])
        for row, one in tracks.to_dict("index").items()
    }  # fmt: skip
    bars = contributions.rename_axis("row").reset_index()
    bars = bars.melt("row", var_name="name", value_name="contribution")
    gap = 0.02 * bars["contribution"].abs().max()
    up = bars["contribution"] > 0
    return bars.assign(
        track=pd.Categorical(bars["row"].map(titles), list(dict.fromkeys(titles.values()))),
        feature=pd.Categorical(bars["name"].map(prose.feature_name),
                               [prose.feature_name(name) for name in contributions]),
        sign=up.map({True: "up", False: "down"}),
        place=bars["contribution"] + up.map({True: gap, False: -gap}),
        ha=up.map({True: "left", False: "right"}),
        value=[_feature_value(tracks.loc[row].get(name), name)
               for row, name in zip(bars["row"], bars["name"], strict=True)],
    )  # fmt: skip


def _shortened(name: str, most: int = 26) -> str:
    """Return a name that fits in or over a panel."""
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _feature_value(value, name: str) -> str:
    """Return a track's value of a feature as a figure prints it; nothing for the audio analysis."""
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _shortened(value, 10)
    if name == "duration_ms":
        return f"{value / 60_000:.1f} min"
    return prose.number(value, 2 if abs(value) < 1 else 0)


def tabulate_coverage(covered: pd.DataFrame) -> Markdown:
    """Tabulate the coverage of prediction intervals: overall, then of the largest groups."""
    shown = keep_largest(covered, MOST_GROUPS)
    shown = pd.concat([shown[:1], shown[1:].sort_values("coverage")])
    return markdown(pd.DataFrame({
        "held-out tracks": shown["group"],
        "number": shown["tracks"],
        "coverage": [prose.percent(share, 1) for share in shown["coverage"]],
        "95% CI": [f"[{prose.percent(row.low, 1)},{SPACE}{prose.percent(row.high, 1)}]"
                   for row in shown.itertuples()],
        "mean width": shown["width"],
    }), right=("coverage", "95% CI"))  # fmt: skip


def left_out(reasons: pd.DataFrame) -> str:
    """Return what no candidate formula reads, each with its reason."""
    return "; ".join(f"{row.what} ({row.reason})" for row in reasons.itertuples())


def tabulate_coefficients(robust, clustered) -> Markdown:
    """Tabulate the coefficients of one formula with two kinds of intervals."""
    ends = [result.conf_int() for result in (robust, clustered)]
    digits = {"loudness": 4, "tempo": 5}
    rows = [
        {"term": name, "estimate": prose.signed(value, digits.get(name, 3))}
        | {kind: _ends(end.loc[name], digits.get(name, 3))
           for kind, end in zip(("HC3", "clustered"), ends, strict=True)}
        for name, value in robust.params.items()
    ]  # fmt: skip
    return markdown(pd.DataFrame(rows), right=("estimate", "HC3", "clustered"))


def _ends(pair, digits: int) -> str:
    """Return two numbers in brackets."""
    return f"[{prose.number(pair[0], digits)},{SPACE}{prose.number(pair[1], digits)}]"


def tabulate_influential(residuals: pd.DataFrame, most: int = 10) -> Markdown:
    """Tabulate the tracks of largest Cook's distance."""
    shown = residuals.nlargest(most, "cook")
    names = ["title", "artist", "valence", "fitted", "leverage", "cook"]
    return markdown(shown[names].rename(columns={"cook": "Cook's distance"}))
