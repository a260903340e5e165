"""Tables of the chapter on the network."""

import pandas as pd
from IPython.display import Markdown

from analysis.reporting import prose
from analysis.reporting.tables import markdown

METRICS = {"mae": "MAE", "rmse": "RMSE", "r2": "R²", "rank": "rank correlation"}


def tabulate_scores(scores: pd.DataFrame, labels: dict[str, str]) -> Markdown:
    """Tabulate the scores of network, other method and their average, with intervals.

    Parameters
    ----------
    scores : DataFrame
        Columns model, metric, value, low, high.
    labels : dict
        Names in print by model.
    """
    cells = [prose.number(one.value) + _span(one) for one in scores.itertuples()]
    wide = scores.assign(cell=cells).pivot_table("cell", "model", "metric", aggfunc="first")
    wide = wide.loc[list(dict.fromkeys(scores["model"])), list(METRICS)]
    names = [labels.get(model, model) for model in wide.index]
    return markdown(
        wide.rename(columns=METRICS).assign(method=names)[["method", *METRICS.values()]]
    )


def tabulate_differences(differences: pd.DataFrame, labels: dict[str, str]) -> Markdown:
    """Tabulate paired differences: each model less the one that it is compared with."""
    shown = differences[differences["metric"].isin(["mae", "rmse", "r2"])]
    first, second = (
        shown[name].map(lambda one: labels.get(one, one)) for name in ("model", "against")
    )
    table = pd.DataFrame(
        {
            "method": first,
            "less": second,
            "score": shown["metric"].map(METRICS),
            "difference": [prose.signed(value, 4) for value in shown["value"]],
            "95 % interval": [prose.interval(*ends, 4) for ends in _ends(shown)],
        }
    )
    return markdown(table)


def tabulate_rivals(rivals: pd.DataFrame, labels: dict[str, str]) -> Markdown:
    """Tabulate scores over folds beside those on the held-out artists, a row a method.

    Parameters
    ----------
    rivals : DataFrame
        What `network_agreement.score_rivals` returns.
    labels : dict
        Names in print by model.
    """
    shown = pd.DataFrame({"method": [labels[name] for name in rivals["model"].unique()]})
    for metric in ("mae", "r2"):
        part = rivals[rivals["metric"] == metric]
        for kind, title in (("crossed", "folds"), ("held", "held out")):
            shown[f"{METRICS[metric]}, {title}"] = [
                f"{prose.number(value, 4)} ({prose.interval(low, high)})"
                for value, low, high in part[[kind, f"{kind}_low", f"{kind}_high"]].to_numpy()
            ]
    return markdown(shown)


def tabulate_times(times: dict[str, pd.Series]) -> Markdown:
    """Tabulate seconds of training and prediction, by a method's name in print."""
    names = {
        "first": "first training (s)",
        "again": "training again (s)",
        "predict": "prediction of 1,000 tracks (s)",
    }
    frame = pd.DataFrame(times).T.rename(columns=names)
    frame = frame.rename_axis("method").reset_index()
    return markdown(frame, digits={names["first"]: 1, names["again"]: 1, names["predict"]: 2})


def tabulate_seeds(spread: pd.DataFrame) -> Markdown:
    """Tabulate the scores over seeds: least, mean and greatest, of ensembles and single members."""
    parts = spread.groupby("kind", sort=False)
    rows = [
        {"network": kind, "score": METRICS[metric], "least": part[metric].min(),
         "mean": part[metric].mean(), "greatest": part[metric].max(), "SD": part[metric].std()}
        for kind, part in parts
        for metric in ("mae", "r2")
    ]  # fmt: skip
    return markdown(pd.DataFrame(rows), digits=4)


def tabulate_disagreements(found: pd.DataFrame, names: dict[str, str]) -> Markdown:
    """Tabulate the tracks on which the methods differ most."""
    shown = found.assign(closer=found["closer"].map(names))
    return markdown(shown.rename(columns=names), digits=2)


def _span(line) -> str:
    """Return an interval in brackets."""
    return f" ({prose.interval(line.low, line.high)})"


def _ends(frame: pd.DataFrame):
    """Return pairs of low and high."""
    return frame[["low", "high"]].itertuples(index=False, name=None)
