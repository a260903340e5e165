"""Sentences on the additive model and its curves."""

import pandas as pd

from analysis.reporting import prose


def summarize_gain(gain: pd.DataFrame) -> str:
    """Say what the additive model gains over the formulas."""
    rows = gain.set_index("model")
    best, first = rows.loc["additive model"], rows.iloc[0]
    rivals = rows.drop(index="additive model")
    rival = rivals.loc[rivals["cv_r2"].idxmax()]
    verdict = "ahead of" if best["cv_r2"] > rival["cv_r2"] else "behind"
    return (
        f"The additive model reaches a cross-validated R² of {prose.number(best['cv_r2'])}, "
        f"{prose.signed(best['cv_r2'] - first['cv_r2'])} over “{rows.index[0]}” and {verdict} the "
        f"best formula, “{rival.name}”, at {prose.number(rival['cv_r2'])}."
    )


def describe_curves(smooths: pd.DataFrame) -> str:
    """Say in words what the curves look like, the tallest first."""
    curves = smooths.groupby("feature", sort=False)
    parts = sorted(((_rise(part), name, _shape(part)) for name, part in curves), reverse=True)
    shown = [f"{name} ({shape}, {prose.number(rise, 2)})" for rise, name, shape in parts[:4]]
    rest = [name for rise, name, _ in parts if rise < 0.05]
    text = f"From lowest to highest point, the tallest curves are those of {prose.joined(shown)}."
    if not rest:
        return text
    verb = "stays" if len(rest) == 1 else "stay"
    return f"{text} {prose.joined(rest).capitalize()} {verb} within 0.05 of flat."


def _rise(curve: pd.DataFrame) -> float:
    """Return how far a curve reaches from its lowest to its highest point."""
    return curve["effect"].max() - curve["effect"].min()


def _shape(curve: pd.DataFrame) -> str:
    """Return the word for a curve: where its extremes lie says how it runs."""
    values = curve.sort_values("x")["effect"].to_numpy()
    rise, ends = values.max() - values.min(), values[-1] - values[0]
    if abs(ends) > 0.85 * rise:
        return "rising" if ends > 0 else "falling"
    high, low = values.argmax() / len(values), values.argmin() / len(values)
    if 0.05 < high < 0.95 and not 0.05 < low < 0.95:
        return "rising to a peak, then falling"
    return "falling to a low, then rising" if 0.05 < low < 0.95 else "turning more than once"
