"""Tables of the chapter on prediction."""

import pandas as pd
from IPython.display import Markdown

from analysis.reporting import prose
from analysis.reporting.tables import markdown

METRICS = {"mae": "MAE", "rmse": "RMSE", "r2": "R²", "rank": "rank correlation"}


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


def tabulate_differences(
    apart: pd.DataFrame, tests: pd.DataFrame, labels: dict[str, str]
) -> Markdown:
    """Tabulate differences in MAE to the best method: held out, and over folds.

    Parameters
    ----------
    apart : pandas.DataFrame
        What `evaluation.score_differences` returns for the held-out tracks.
    tests : pandas.DataFrame
        What `validation.compare_folds` returns.
    """
    held = apart[apart["metric"] == "mae"].set_index("model")
    order = tests["model"]
    shown = pd.DataFrame({
        "method": [labels[name] for name in order],
        "held out": _estimates(held.loc[order], _fine),
        "over folds": _estimates(tests.rename(columns={"difference": "value"}), _fine),
        "t": tests["t"],
        "p (Holm)": [prose.p_value(p).removeprefix("p ").removeprefix("= ") for p in tests["p"]],
    })  # fmt: skip
    return markdown(shown, digits={"t": 1})


def tabulate_settings(settings: pd.DataFrame) -> Markdown:
    """Tabulate the chosen settings of every learner."""
    names = {"label": "method", "setting": "setting", "range": "searched"}
    shown = settings[list(names)].rename(columns=names)
    shown["default"] = [_setting(value) for value in settings["default"]]
    shown["chosen"] = [_setting(value) for value in settings["chosen"]]
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


def tabulate_weights(weights: pd.Series, labels: dict[str, str]) -> Markdown:
    """Tabulate the members of the stack."""
    rows = [(labels[name], prose.percent(weight)) for name, weight in weights.items()]
    return markdown(pd.DataFrame(rows, columns=["member", "weight"]))


def tabulate_worst(table: pd.DataFrame) -> Markdown:
    """Tabulate the tracks with the greatest errors."""
    shown = table.assign(error=[prose.signed(value, 2) for value in table["error"]])
    return markdown(shown, digits=2)


def tabulate_traits(table: pd.DataFrame, most: int = 8) -> Markdown:
    """Tabulate what badly predicted tracks share."""
    shown = table.dropna().head(most)
    names = {"worst": "badly predicted", "difference": "difference in SD"}
    shown = shown.assign(
        trait=shown["trait"].str.replace("genre_", "genre: ", regex=False),
        difference=[prose.signed(value, 2) for value in shown["difference"]],
    )
    return markdown(shown.rename(columns=names), digits=2)


def _estimates(part: pd.DataFrame, form=prose.number) -> list[str]:
    """Return values with their intervals."""
    return [
        f"{form(value)} ({form(low)} to {form(high)})"
        for value, low, high in part[["value", "low", "high"]].to_numpy()
    ]


def _fine(value: float) -> str:
    """Return a small difference with its sign, in four decimals."""
    return prose.signed(value, 4)


def _setting(value) -> str:
    """Return a setting in a few digits."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)
