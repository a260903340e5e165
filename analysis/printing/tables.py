"""Tables: frames of results as pipe tables in Markdown, which all output formats read."""

import inspect
import re

import numpy as np
import pandas as pd
from IPython.display import Markdown

from analysis.inference.final_model import SCALES
from analysis.inference.ladders import features_of
from analysis.printing import inert
from analysis.printing.lettering import guarded
from analysis.printing.numbers import (
    EMPTY,
    NO_RECORD,
    between,
    count,
    estimated,
    feature_name,
    number,
    p_value,
    percent,
    signed,
    with_se,
)

NOTHING = Markdown(f"*{NO_RECORD}*")


def markdown(frame: pd.DataFrame, digits: int = 3, right: tuple[str, ...] = ()) -> Markdown:
    """Return a frame as a Markdown table in which every character of a name stands for itself.

    Only a cell that is a `Markdown` itself carries markup. `digits` are the
    decimals of float columns. Numbers, and columns of text named in `right`, stand right, other
    text left; a missing value shows as a dash.
    """
    shown = frame.astype(object).map(_printed, digits=digits)
    numbers = [name for name in frame if pd.api.types.is_any_real_numeric_dtype(frame[name])]
    sides = ["right" if name in {*right, *numbers} else "left" for name in frame]
    head = [inert.escaped(name, inert.SIGNS_BUT_QUOTES) for name in frame]
    return Markdown(
        shown.to_markdown(
            index=False, headers=head, tablefmt="pipe", colalign=sides, disable_numparse=True
        )
    )


def grouped(frame: pd.DataFrame) -> Markdown:
    """Return a frame of text whose columns' names may be in groups, as "group | name".

    Neighbouring columns of one group share its heading. The first column stands left, the others
    right; cells are as in `markdown`. A pipe table has one row of names: this is a grid table.
    """
    names = [name.rpartition(" | ")[::2] for name in frame]
    groups = [group for group, _ in names]
    shown = frame.astype(object).fillna("").map(_printed, digits=3)
    border, lower, _, *rows = shown.to_markdown(
        index=False, headers=[f"**{inert.escaped(name)}**" for _, name in names],
        tablefmt="grid", disable_numparse=True, stralign="left",
    ).split("\n")  # fmt: skip
    widths = [len(part) for part in border.strip("+").split("+")]
    top, middle, heads = "", "", []
    for (group, name), before, width in zip(names, ["", *groups], widths, strict=False):
        if not group or group != before:
            heads.append(group or inert.escaped(name))
        top += ("-" if group and group == before else "+") + "-" * width
        middle += "+" + "-" * width if group else ("+" if before else "|") + " " * width
    runs = [len(run) for run in top.strip("+").split("+")]
    first = [f" {head}".ljust(run) for head, run in zip(heads, runs, strict=True)]
    below = [cell if group else " " * len(cell)
             for cell, group in zip(lower.strip("|").split("|"), groups, strict=True)]  # fmt: skip
    left, *others = ("=" * (width - 1) for width in widths)
    return Markdown("\n".join([
        f"{top}+", f"|{'|'.join(first)}|", middle + ("+" if groups[-1] else "|"),
        f"|{'|'.join(below)}|", f"+:{left}+{''.join(f'{other}:+' for other in others)}", *rows,
    ]))  # fmt: skip


def _printed(value, digits: int) -> str:
    """Return one cell as Markdown; whole numbers keep their thousands apart."""
    if isinstance(value, Markdown):
        return value.data
    if pd.isna(value):
        return EMPTY
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value, digits)
    if isinstance(value, int | np.integer):
        return count(value)
    return inert.escaped(value)


def tabulate_dictionary(dictionary: pd.DataFrame) -> Markdown:
    """Tabulate what `schema.dictionary` says of the columns of one table."""
    lines = dictionary.copy()
    for block in ("pitch", "timbre"):
        first = lines["name"] == f"{block}_0"
        lines.loc[first, "meaning"] = f"mean {block} over the segments, the first of twelve"
        lines = lines[first | ~lines["name"].str.startswith(f"{block}_")]
    return markdown(pd.DataFrame({
        "column": [Markdown(f"`{name}`") for name in lines["name"]],
        "meaning": lines["meaning"],
        "unit": lines["unit"].where(lines["unit"] != "none", None),
        "observed": [_observed_range(line) for line in lines.itertuples()],
    }))  # fmt: skip


def _observed_range(line) -> str:
    """Return a column's smallest and largest value, or how many different ones it has."""
    if pd.isna(line.smallest):
        return f"{count(line.levels)} different"
    if line.name == "year":  # no number of anything: 1965, not 1,965
        return f"{int(line.smallest)} to {int(line.largest)}"
    if line.smallest == line.largest:
        return f"{_short(line.smallest)} throughout"
    return f"{_short(line.smallest)} to {_short(line.largest)}"


def _short(value: float) -> str:
    """Return a number with three decimals, none where it is whole, and a bound where it is tiny."""
    if value == int(value):
        return count(value)
    return number(value) if abs(value) >= 0.001 else "< 0.001"


def tabulate_account(account: pd.DataFrame) -> Markdown:
    """Tabulate what became of every row that was read."""
    told = (account["dropped"] > 0) | (account["step"] == 0)
    shown = account[told if told.sum() > 1 else slice(None)].copy()
    shown["reason"] = shown["reason"].map(_shorten_reason)
    return markdown(shown[["reason", "dropped", "left"]].rename(columns={"reason": "step"}))


def _shorten_reason(reason: str) -> str:
    """Return a reason with three of the columns that it names, or their number if all are alike."""
    columns = re.findall(r"\w+ in ([\d,]+)", reason)
    if len(columns) > 3 and len(set(columns)) == 1:
        return reason.partition(" (")[0] + f" ({len(columns)} columns, in {columns[0]} rows each)"
    return re.sub(r"((?:[^,(]+, ){3}).*,.*\)", r"\1and more)", reason)


def tabulate_features(features: pd.DataFrame) -> Markdown:
    """Tabulate the distribution of every continuous feature; lengths are shown in minutes."""
    shown = features.set_index("feature")
    shown.loc["duration_ms", shown.columns.drop("skewness")] /= 60_000
    names = {"duration_ms": "duration (min)", "tempo": "tempo (BPM)", "loudness": "loudness (dB)"}
    return markdown(shown.rename(index=names, columns={"sd": "SD"}).reset_index(), digits=2)


def tabulate_ladder(compared: pd.DataFrame) -> Markdown:
    """Tabulate the candidate formulas, those with interactions beside those without."""
    crossed = {(row["shape"], row["context"]): _marked([number(row["cv_r2"])], row["chosen"])
               for row in compared[compared["interactions"]].to_dict("records")}  # fmt: skip
    rows = []
    for row in compared[~compared["interactions"]].to_dict("records"):
        key = (row["shape"], row["context"])
        tied = row["behind"] > 0 and round(row["behind"], 3) == round(row["behind_se"], 3)
        behind = with_se(row, "behind", 4 if tied else 3)
        cells = [*key, count(row["parameters"]), with_se(row, "cv_r2"), behind,
                 number(row["aic"], 0), number(row["bic"], 0)]  # fmt: skip
        rows.append([*_marked(cells, row["chosen"]), *crossed.get(key, [""])])
    names = ["scores", "beside them", "size", "CV R² (SE)", "to best (SE)", "AIC", "BIC",
             "interactions"]  # fmt: skip
    return markdown(pd.DataFrame(rows, columns=names), right=tuple(names[2:]))


def _marked(cells: list[str], bold: bool) -> list[Markdown | str]:
    return [Markdown(f"**{inert.escaped(cell)}**") if bold else cell for cell in cells]


def name_candidate(row) -> str:
    """Return the name of a candidate formula in a sentence."""
    return f"{row['shape']}, {row['context']}{', with interactions' if row['interactions'] else ''}"


def shape_of(row) -> str:
    """Return in words how a candidate formula reads the scores."""
    shapes = {"linear": "the scores as they are", "transformed": "transformed scores"}
    crossed = " and their products" if row["interactions"] else ""
    return shapes.get(row["shape"], "scores as splines") + crossed


def explain_terms(row) -> str:
    """Return, to end a sentence on notation, what a candidate's terms may begin with."""
    told = []
    if row["shape"] == "splines":
        told.append("cr is a natural cubic spline, with a mean of zero over the tracks "
                    "(center), which leaves the level to the intercept")  # fmt: skip
    if row["shape"] != "linear":
        told.append("log_ and logit_ mark a logarithm and log odds")
    return f"; {', and '.join(told)}" if told else ""


HALF = 6  # of the levels of genre in the tables of the final model: the highest and the lowest
MOST_LEVELS = 2 * HALF


def tabulate_final(effects: pd.DataFrame, levels: dict[str, pd.DataFrame]) -> Markdown:
    """Tabulate the final model: a row a feature, and under a factor a row a level.

    `effects` is what `final_model.summarize` returns, with the aggregated p-values, `levels` has
    what `level_differences` does, by the factor's name; of more than `MOST_LEVELS` levels the
    highest and the lowest are shown.
    """
    rows = []
    for row in effects.to_dict("records"):
        values = f", {row['contrast']}" if pd.notna(row["contrast"]) else ""
        rows.append({
            "feature, values": f"{row['feature']}{values}",
            "per SD": estimated(row, "per_sd", form=signed),
            "difference": estimated(row, "difference", form=signed),
            "p | Wald": p_value(row["p"]), "p | Holm": p_value(row["p_holm"]),
            "p | halving": p_value(row["p_halved_holm"]), "R² lost (SE)": with_se(row, "r2_lost"),
        })  # fmt: skip
        found = levels.get(row["feature"], effects[:0]).to_dict("records")
        rows += [{
            "feature, values": f"{row['feature']}: {level['level']}",
            "difference": estimated(level, "difference", form=signed),
        } for level in found[:HALF] + found[HALF:][-HALF:]]  # fmt: skip
    return grouped(pd.DataFrame(rows))


def tabulate_halvings(halved: pd.DataFrame, added: pd.DataFrame) -> Markdown:
    """Tabulate what repeated halving says of each feature, and what those left out would add.

    These are what `halving.aggregate` and `final_model.add_one_by_one` return.
    """
    found = {row["feature"]: {
        "added | difference": estimated(row, "difference", form=signed)
                              + (f" ({row['contrast']})" if row["contrast"] else ""),
        "added | p": p_value(row["p"]), "added | R²": number(row["r2_lost"]),
    } for row in added.to_dict("records")}  # fmt: skip
    return grouped(pd.DataFrame([
        {"feature": row["feature"], "in the formula": percent(row["tested"]),
         "p | halving": p_value(row["p_halved"]), "p | Holm": p_value(row["p_halved_holm"])}
        | found.get(row["feature"], {})
        for row in halved.to_dict("records")
    ]))  # fmt: skip


def label_contributions(contributions: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the bars of a figure of single predictions, a panel a track.

    `contributions` has a row a track and a column a feature, `tracks` the same rows. The result has
    columns track (title of the panel), feature, contribution, sign, value, and the value's place
    and alignment (ha).
    """
    titles = {
        row: f"{guarded(one['title'], 22)}\n{guarded(one['artist'], 22)}\n"
             f"true {number(one['valence'], 2)}, predicted {number(one['predicted'], 2)}"
        for row, one in tracks.to_dict("index").items()
    }  # fmt: skip
    bars = contributions.rename_axis("row").reset_index()
    bars = bars.melt("row", var_name="name", value_name="contribution")
    gap = 0.04 * bars["contribution"].abs().max()
    up = bars["contribution"] > 0
    return bars.assign(
        track=pd.Categorical(bars["row"].map(titles), list(dict.fromkeys(titles.values()))),
        feature=pd.Categorical(bars["name"].map(feature_name),
                               [feature_name(name) for name in contributions]),
        sign=np.where(up, "up", "down"),
        place=bars["contribution"] + np.where(up, gap, -gap),
        ha=np.where(up, "left", "right"),
        value=[_feature_value(tracks.loc[row].get(name), name)
               for row, name in zip(bars["row"], bars["name"], strict=True)],
    )  # fmt: skip


def _feature_value(value, name: str) -> str:
    """Return a track's value of a feature as a figure prints it; nothing for the audio analysis."""
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, str):
        return guarded(value, 10)
    if name == "year":
        return f"{value:.0f}"
    if name == "duration_ms":
        return f"{value / 60_000:.1f} min"
    return number(value, 2 if abs(value) < 1 else 0)


MOST_GROUPS = 24  # for which there is room on a page


def tabulate_coverage(covered: pd.DataFrame) -> Markdown:
    """Tabulate the coverage of prediction intervals: overall, then of the largest groups."""
    groups = covered[1:].nlargest(MOST_GROUPS, "tracks").sort_values("coverage")
    shown = pd.concat([covered[:1], groups])
    return markdown(pd.DataFrame({
        "held-out tracks": shown["group"],
        "number": shown["tracks"],
        "coverage": shown["coverage"].map(lambda share: percent(share, 1)),
        "95% CI": [between(row.low, row.high, 1, percent) for row in shown.itertuples()],
        "mean width": shown["width"],
    }), right=("coverage", "95% CI"))  # fmt: skip


def left_out(reasons: pd.DataFrame) -> str:
    """Return what no candidate formula reads, each with its reason; of many genres their number."""
    genres = reasons["what"].str.count("genre '")
    few = r"((?:[^,]+, ){2}[^,]+), .*, [^,]*"  # of many others, three
    names = reasons["what"].mask(genres > 3, genres.map("{} genres".format))
    names = names.str.replace(few, r"\1 and more", regex=True)
    return "; ".join(f"{what} ({why})" for what, why in zip(names, reasons["reason"], strict=True))


def tabulate_coefficients(result) -> Markdown:
    """Tabulate the coefficients of a fit; of many genres the highest and the lowest.

    Intervals and p-values are those of the statsmodels results' own covariance.
    """
    params, ends = result.params, result.conf_int()
    genres = params[params.index.str.startswith("genre[")].sort_values()
    rows = []
    for name, value in params.drop(genres.index[HALF:-HALF]).items():
        low, high = ends.loc[name]
        # per point of popularity, or so near to zero that three decimals would not show the side
        nearest, furthest = sorted((abs(low), abs(high)))
        digits = 5 if furthest < 0.002 or (low * high > 0 and nearest < 0.0005) else 3
        rows.append({
            "term": _term(name), "estimate": signed(value, digits),
            "95% CI": between(low, high, digits),
            "p": p_value(result.pvalues[name]),
        })  # fmt: skip
    return markdown(pd.DataFrame(rows), right=("estimate", "95% CI", "p"))


def _term(name: str) -> str:
    """Return a coefficient's name for a table: the columns of a spline are numbered from one."""
    if spline := re.fullmatch(r"cr\((\w+),.*\)\[(\d+)\]", name):
        return f"{_scaled(spline[1])}, spline {int(spline[2]) + 1}"
    if level := re.fullmatch(r"(\w+)\[T\.(.*)\]", name):
        return f"{level[1]}: {level[2]}"
    return " × ".join(_scaled(part) for part in name.split(":")) if "[" not in name else name


def _scaled(column: str) -> str:
    scale = next((f" ({word})" for start, word in SCALES.items() if column.startswith(start)), "")
    return "".join(features_of(column)) + scale


def tabulate_methods(scored: pd.DataFrame, best: str) -> Markdown:
    """Tabulate every method's scores: what `comparison.score_methods` returns; the best in bold."""
    rows = []
    thousandths = 1_000 * scored.filter(like="difference")
    for row in scored.assign(**thousandths).to_dict("records"):
        cells = [row["label"], number(row["cv_mae"], 4), number(row["cv_r2"]),
                 estimated(row, "mae"), estimated(row, "r2"),
                 estimated(row, "difference", 1, signed),
                 EMPTY if row["model"] == best else p_value(row["p"])]  # fmt: skip
        rows.append(_marked(cells, row["model"] == best))
    names = ["method", "cross-validated | MAE", "cross-validated | R²", "held out | MAE",
             "held out | R²", "MAE to best | × 1,000", "MAE to best | p"]  # fmt: skip
    return grouped(pd.DataFrame(rows, columns=names))


def tabulate_rivals(rivals: pd.DataFrame, network: str, other: str) -> Markdown:
    """Tabulate the network beside another method: what `compare_with_best` returns."""
    rows = []
    for row in rivals.to_dict("records"):
        score, digits = {"mae": ("MAE", 4), "r2": ("R²", 3)}[row["metric"]]
        rows.append({
            "score": score,
            network: f"{number(row['network'], digits)} ({number(row['seed_sd'], digits)})",
            other: number(row["other"], digits),
            "difference | held out": estimated(row, "difference", digits, signed),
            "difference | folds": estimated(row, "fold_difference", digits, signed),
            "p": p_value(row["p"]),
        })  # fmt: skip
    return grouped(pd.DataFrame(rows))


def tabulate_searches(settings: pd.DataFrame) -> Markdown:
    """Tabulate what every search could choose and chose: what `tuning.best_settings` returns."""
    gains = settings["label"] + " (" + settings["gained"].map(lambda x: number(x, 4)) + ")"
    return markdown(pd.DataFrame({
        "method (gain)": gains.where(~gains.duplicated(), ""),
        "setting": settings["meaning"] + " (" + settings["setting"] + ")",
        "range": settings["range"],
        "default": settings["default"].map("{:.3g}".format),
        "chosen": settings["chosen"].map("{:.3g}".format),
    }), right=("default", "chosen"))  # fmt: skip


def show_source(*functions) -> Markdown:
    """Return the code of functions as one listing, without their docstrings."""
    code = "\n\n\n".join(inspect.getsource(one).strip() for one in functions)
    code = re.sub(r'\n *"""(?:.|\n)*?"""|  # fmt: skip', "", code)
    return Markdown(f"```python\n{code}\n```")


def tabulate_gains(gains: pd.DataFrame) -> Markdown:
    """Tabulate R² of each method without and with the audio analysis, and the gain."""
    if gains.empty:
        return NOTHING
    shown = gains[["label", "without", "with"]].rename(columns={"label": "method"})
    shown["gain"] = [estimated(row, "gain", form=signed) for row in gains.to_dict("records")]
    return markdown(shown, right=("gain",))


def tabulate_findings(findings: pd.DataFrame) -> Markdown:
    """Tabulate the size of each finding in each data set, and whether it is shown there."""
    if findings.empty:
        return NOTHING
    cells = []
    for row in findings.itertuples():
        against = max(row.sign * row.low, row.sign * row.high) < 0
        doubt = "" if row.holds else " (opposite)" if against else " (not shown)"
        cells.append(EMPTY if np.isnan(row.low) else signed(row.size) + doubt)
    shown = findings.assign(cell=cells).rename(columns={"unit": "size in"})
    wide = shown.pivot_table("cell", ["finding", "size in"], "data", aggfunc="first", sort=False)
    return markdown(wide.reset_index(), right=tuple(wide.columns))
