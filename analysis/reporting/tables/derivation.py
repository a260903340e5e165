"""Tables of the chapter on how valence is made, and its displayed formulas."""

import numpy as np
import pandas as pd
from IPython.display import Markdown

from analysis.printing import numbers as prose
from analysis.printing.tables import EMPTY, markdown
from analysis.reporting.prose import formulas as words
from analysis.reporting.tables.replication import NOTHING

METRICS = {"r2": "R²", "mae": "MAE", "rmse": "RMSE"}


def display_formula(formula, label: str) -> Markdown:
    """Display a formula as a numbered equation; `label` begins with "eq-"; None says so."""
    if formula is None:
        return NOTHING
    return Markdown(f"$$\n{words.typeset(formula)}\n$$ {{#{label}}}")


def tabulate_hypotheses(stated: pd.DataFrame) -> Markdown:
    """Tabulate claims, what they predict and how they are judged."""
    rule = [
        f"{row['measure']}: supported from {words.plain(row['supported'])}, "
        f"not below {words.plain(row['refuted'])}"
        for _, row in stated.iterrows()
    ]
    shown = stated[["claim", "prediction", "test"]].assign(rule=rule)
    return markdown(shown)


def tabulate_verdicts(judged: pd.DataFrame) -> Markdown:
    """Tabulate the verdict on every claim with the size it rests on."""
    size = [
        EMPTY if np.isnan(row["size"]) else _with_interval(row["size"], row["low"], row["high"])
        for _, row in judged.iterrows()
    ]
    words = judged["verdict"].replace("not", "not supported")
    verdicts = [
        f"{word}, {doubt}" if doubt else word
        for word, doubt in zip(words, judged["doubt"], strict=True)
    ]
    shown = judged[["claim", "measure"]].assign(size=size, verdict=verdicts)
    return markdown(shown.rename(columns={"size": "size (95 % interval)"}))


def tabulate_groups(groups: pd.DataFrame) -> Markdown:
    """Tabulate what groups of features explain alone and what is missed without them."""
    shown = pd.DataFrame({
        "features": groups["group"],
        "R² alone": _intervals(groups, "alone", ""),
        "missed without": [EMPTY, *_intervals(groups.iloc[1:], "missed", "missed_")],
        "added to the scores": [
            text if gain else EMPTY
            for text, gain in zip(_intervals(groups, "gain", "gain_"), groups["gain"], strict=True)
        ],
    })  # fmt: skip
    return markdown(shown)


def tabulate_keys(keys: pd.DataFrame) -> Markdown:
    """Tabulate how valence goes with signs of harmony."""
    shown = pd.DataFrame({
        "sign": keys["sign"],
        "alone": _intervals(keys, "alone", "alone_"),
        "other scores equal": _intervals(keys, "partial", "partial_"),
    })  # fmt: skip
    return markdown(shown)


def tabulate_scores(scored: pd.DataFrame, metrics: tuple[str, ...] = ("r2", "mae")) -> Markdown:
    """Tabulate scores of formulas and models on held-out artists."""
    columns = {"prediction": list(dict.fromkeys(scored["model"]))}
    for metric in metrics:
        part = scored[scored["metric"] == metric].set_index("model").loc[columns["prediction"]]
        columns[METRICS[metric]] = _intervals(part, "value", "")
    return markdown(pd.DataFrame(columns))


def tabulate_example(formula, worked: pd.DataFrame, track: pd.DataFrame) -> Markdown:
    """Tabulate a formula worked through by hand for one track."""
    terms = ["start", *(words.spell_piece(term.piece) for term in formula.terms), "sum"]
    total = worked["contribution"].sum()
    shown = pd.DataFrame({
        "term": terms,
        "its value": [EMPTY, *map(_short, worked["piece"][1:]), EMPTY],
        "times": [EMPTY, *map(_factor, worked["coefficient"][1:]), EMPTY],
        "makes": [*map(prose.number, worked["contribution"]), prose.number(total)],
    })  # fmt: skip
    return markdown(shown)


def tabulate_scorecard(card) -> Markdown:
    """Tabulate the questions of a scorecard with their points."""
    points = [prose.signed(number, 0) for number in card.points]
    rows = pd.DataFrame({"question": [words.ask(q) for q in card.questions], "points": points})
    start = pd.DataFrame({"question": ["Start"], "points": [prose.number(card.start, 0)]})
    return markdown(pd.concat([start, rows]))


def tabulate_shares(shares: pd.DataFrame) -> Markdown:
    """Tabulate what groupings account for of the residual variance."""
    shown = shares[["grouping", "groups", "tracks"]].assign(
        share=[
            f"{prose.percent(r['share'], 1)} ({prose.percent(r['low'], 1)} to "
            f"{prose.percent(r['high'], 1)})"
            for _, r in shares.iterrows()
        ]
    )
    return markdown(shown.rename(columns={"share": "share of the residual variance"}))


def tabulate_rest(table: pd.DataFrame) -> Markdown:
    """Tabulate the parts of the variance of valence."""
    shown = table.assign(
        share=[prose.percent(value, 1) for value in table["share"]],
        total=[prose.percent(value, 1) for value in table["total"]],
    )
    return markdown(shown.rename(columns={"total": "up to here"}))


def tabulate_gains(gains: pd.DataFrame) -> Markdown:
    """Tabulate what further information could add to R²."""
    return markdown(gains.rename(columns={"gain": "R² to gain"}))


def _factor(value: float) -> str:
    """Return a coefficient as the formula prints it, with a true minus sign."""
    return words.plain(value).replace("-", prose.MINUS)


def _short(value: float) -> str:
    """Return a value of a piece to four significant digits."""
    return words.plain(float(f"{value:.4g}")).replace("-", prose.MINUS)


def _with_interval(value: float, low: float, high: float) -> str:
    """Return a number with its interval in brackets; a dash where there is none."""
    if np.isnan(value):
        return EMPTY
    if np.isnan(low):
        return prose.number(value)
    return f"{prose.number(value)} ({prose.bounds(low, high)})"


def _intervals(frame: pd.DataFrame, value: str, prefix: str) -> list[str]:
    """Return the numbers of a column with their intervals."""
    names = (value, f"{prefix}low", f"{prefix}high")
    return [_with_interval(*(row[name] for name in names)) for _, row in frame.iterrows()]
