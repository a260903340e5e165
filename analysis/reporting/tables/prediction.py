"""Tables of the chapter on prediction."""

import pandas as pd
from IPython.display import Markdown

from analysis.reporting import prose
from analysis.reporting.groups import MOST_GROUPS, keep_largest
from analysis.reporting.prose.explanation import name_pair
from analysis.reporting.tables import markdown

METRICS = {"mae": "MAE", "rmse": "RMSE", "r2": "R²", "rank": "rank correlation"}


def tabulate_leakage(table: pd.DataFrame) -> Markdown:
    """Tabulate the scores of one model under three ways to divide the data."""
    shown = pd.DataFrame({
        "division": table["design"],
        "rows": table["rows"],
        "R²": _spans(table, "r2"),
        "MAE": _spans(table, "mae"),
        "recording known": [prose.percent(share) for share in table["shared_recordings"]],
        "artist known": [prose.percent(share) for share in table["shared_artists"]],
    })  # fmt: skip
    return markdown(shown)


def tabulate_scores(scored: pd.DataFrame, labels: dict[str, str]) -> Markdown:
    """Tabulate every method's scores with intervals, a row a method."""
    shown = pd.DataFrame({"method": [labels[name] for name in scored["model"].unique()]})
    for metric, title in METRICS.items():
        part = scored[scored["metric"] == metric]
        shown[title] = _estimates(part)
        if metric == "rank":  # a constant ranks nothing
            constant = (part[["value", "low", "high"]] == 0).all(axis=1).to_numpy()
            shown[title] = shown[title].mask(constant)
    return markdown(shown)


def tabulate_gains(found) -> Markdown:
    """Tabulate what each search gained on the defaults: the result of `tuning.tune`."""
    rows = [
        (one.chosen.label, len(one.trace), int(one.trace["mae"].notna().sum()),
         float(one.trace["mae"].iloc[0]), one.mae, one.gained)
        for one in found.values()
    ]  # fmt: skip
    names = ["method", "trials", "finished", "MAE of defaults", "least MAE", "gain"]
    return markdown(pd.DataFrame(rows, columns=names), digits=4)


def tabulate_groups(table: pd.DataFrame) -> Markdown:
    """Tabulate MAE, R² and bias within groups."""
    shown = pd.DataFrame({
        "group": table["group"], "tracks": table["tracks"], "MAE": _spans(table, "mae"),
        "R²": _spans(table, "r2"), "bias": [prose.signed(value) for value in table["bias"]],
    })  # fmt: skip
    return markdown(shown)


def tabulate_coverage(table: pd.DataFrame) -> Markdown:
    """Tabulate coverage and width of prediction intervals."""
    table = keep_largest(table, MOST_GROUPS)
    shown = table[["kind", "group", "tracks"]].assign(
        coverage=[f"{prose.percent(row.coverage, 1)} ({prose.percent(row.low)} to "
                  f"{prose.percent(row.high)})" for row in table.itertuples()],
        width=table["width"],
    )  # fmt: skip
    return markdown(shown.rename(columns={"kind": "intervals", "width": "mean width"}))


def tabulate_ceilings(ceilings: pd.DataFrame) -> Markdown:
    """Tabulate estimates of the attainable R²."""
    spans = [prose.interval(low, high) if low == low else "" for low, high in
             zip(ceilings["low"], ceilings["high"], strict=True)]  # fmt: skip
    shown = ceilings[["estimate", "r2"]].assign(interval=spans)
    return markdown(shown.rename(columns={"r2": "R²", "interval": "95 % interval"}))


def tabulate_attained(shares: pd.DataFrame, labels: dict[str, str]) -> Markdown:
    """Tabulate each method's share of the attainable R²."""
    shown = pd.DataFrame({
        "method": [labels[name] for name in shares["model"]], "R²": shares["r2"],
        "share of the highest estimate": [prose.percent(value) for value in shares["share"]],
    })  # fmt: skip
    return markdown(shown)


def tabulate_interactions(table: pd.DataFrame) -> Markdown:
    """Tabulate the interactions of all pairs, as they come: the largest first."""
    shown = pd.DataFrame({
        "features": [name_pair(row) for _, row in table.iterrows()],
        "H": table["h"],
        "size (SD of valence)": table["size"], "least fold": table["low"],
        "greatest fold": table["high"],
    })  # fmt: skip
    return markdown(shown)


def tabulate_agreement(correlations: pd.DataFrame) -> Markdown:
    """Tabulate rank correlations between rankings of the features."""
    return markdown(correlations.rename_axis("ranking").reset_index(), digits=2)


def tabulate_beside_inference(table: pd.DataFrame) -> Markdown:
    """Tabulate a feature's effect in question 1 beside that of the best method."""
    shown = table.assign(
        **{name: [prose.signed(value) for value in table[name]]
           for name in table.columns if name != "feature"}
    )  # fmt: skip
    return markdown(shown)


def _spans(table: pd.DataFrame, name: str) -> list[str]:
    """Return values with their intervals."""
    return [
        f"{prose.number(value)} ({prose.interval(low, high)})"
        for value, low, high in table[[name, f"{name}_low", f"{name}_high"]].to_numpy()
    ]


def _estimates(part: pd.DataFrame, form=prose.number) -> list[str]:
    """Return values with their intervals."""
    return [
        f"{form(value)} ({form(low)} to {form(high)})"
        for value, low, high in part[["value", "low", "high"]].to_numpy()
    ]
