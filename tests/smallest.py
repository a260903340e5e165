"""The least that a report can spend: what is tested is that it renders, not what it finds."""

from analysis.prediction import tuning


def smallest() -> None:
    tuning.BUDGETS["quick"] = tuning.Budget("quick", 2, 3, 300, 1, (0.4, 0.7, 1.0), 300, 300)
