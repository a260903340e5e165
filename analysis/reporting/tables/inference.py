"""Tables of the chapter on inference."""

import pandas as pd
from IPython.display import Markdown

from analysis.reporting import prose
from analysis.reporting.tables import markdown


def tabulate_ladder(comparison: pd.DataFrame) -> Markdown:
    """Tabulate size, in-sample criteria and cross-validated scores of every rung."""
    columns = {
        "label": "rung", "parameters": "parameters", "adjusted_r2": "adjusted R²", "aic": "AIC",
        "bic": "BIC", "cv_r2": "CV R²", "cv_r2_se": "SE of R²", "cv_mae": "CV MAE",
        "cv_mae_se": "SE of MAE",
    }  # fmt: skip
    return markdown(comparison[list(columns)].rename(columns=columns), digits={"AIC": 0, "BIC": 0})


def tabulate_coefficients(coefficients: pd.DataFrame) -> Markdown:
    """Tabulate coefficients with HC3 and artist-clustered 95 % intervals."""
    shown = pd.DataFrame({
        "term": coefficients["name"], "estimate": coefficients["estimate"],
        "HC3 interval": _intervals(coefficients, "hc3"),
        "clustered interval": _intervals(coefficients, "clustered"),
    })  # fmt: skip
    return markdown(shown, digits=4)


def _intervals(frame: pd.DataFrame, name: str, digits: int = 3) -> list[str]:
    """Return the intervals whose ends are called `<name>_low` and `<name>_high`."""
    pairs = zip(frame[f"{name}_low"], frame[f"{name}_high"], strict=True)
    return [prose.interval(low, high, digits) for low, high in pairs]


def tabulate_effects(half: pd.DataFrame, full: pd.DataFrame) -> Markdown:
    """Tabulate average effects on the estimating half, with those on all tracks beside them."""
    beside = full.set_index("feature")["per_sd"].reindex(half["feature"])
    shown = pd.DataFrame({
        "feature": half["feature"],
        "per SD": [prose.signed(value) for value in half["per_sd"]],
        "95 % interval": _intervals(half, "per_sd"),
        "all training tracks": [prose.signed(value) for value in beside.fillna(0.0)],
        "natural step": half["step"],
        "per step": [prose.signed(value) for value in half["per_step"]],
        "10th to 90th percentile": [prose.signed(value) for value in half["span"]],
    })  # fmt: skip
    return markdown(shown)


def tabulate_influential(influential: pd.DataFrame) -> Markdown:
    """Tabulate the most influential tracks by name."""
    columns = ["title", "artist", "valence", "fitted", "leverage", "cook"]
    shown = influential[columns].rename(columns={"cook": "Cook's distance"})
    return markdown(shown, digits={"valence": 2, "fitted": 2, "Cook's distance": 4})


