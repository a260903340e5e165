"""Numbers as the report's sentences print them: ready strings for inline code.

Inline code shows the `repr` of what is not a string, so every function here returns a string.
The minus sign is U+2212, as in print.
"""

import math
import re
from collections.abc import Sequence

from analysis.tracks.schema import TIMBRES

MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
EMPTY = "\N{EN DASH}"
NO_RECORD = "No record of a study is stored."
DEGREES = (
    "tonic", "minor second", "major second", "minor third", "major third", "fourth", "tritone",
    "fifth", "minor sixth", "major sixth", "minor seventh", "major seventh",
)  # fmt: skip


def number(value: float, digits: int = 3) -> str:
    """Return a number with a fixed count of decimals and a true minus sign.

    One that is not finite raises ValueError: a sentence must never print "nan".
    """
    if not math.isfinite(value):
        raise ValueError(f"a sentence cannot print the number {value}")
    # z: "-0.000" would say that a sign was measured where none was
    return f"{value:z,.{digits}f}".replace("-", MINUS)


def signed(value: float, digits: int = 3) -> str:
    """Return a number that always carries its sign."""
    text = number(value, digits)
    return text if text.startswith(MINUS) or not text.strip("0.,") else f"+{text}"


def count(value: int) -> str:
    """Return a whole number with thousands separated by commas."""
    return f"{int(value):,}".replace("-", MINUS)


def percent(share: float, digits: int = 0) -> str:
    """Return a share from 0 to 1 as a percentage."""
    return f"{number(100 * share, digits)}%"


def p_equals(value: float) -> str:
    """Return a p-value as a statement of equality or of a bound."""
    return "p < 0.001" if value < 0.001 else f"p = {number(value, 3)}"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Return words as an English list: "a", "a and b", "a, b and c"."""
    *first, final = words
    return f"{', '.join(first)} {last} {final}" if first else final


def plural(value: int, noun: str) -> str:
    """Return a count with its noun in the right number."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def spelled(value: int) -> str:
    """Return a small whole number as a word, a large one in figures."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[value] if 0 <= value < len(words) else count(value)


def feature_name(name: str) -> str:
    """Return the name in print of a column, or of columns joined by other words."""
    kind, _, place = name.partition("_")
    if kind == "tonic":
        return f"pitch of the {DEGREES[int(place)]}"
    if kind == "timbre" and place.isdigit():
        meaning = TIMBRES[int(place)]
        return f"timbre {place}" + ("" if meaning.startswith("shape") else f" ({meaning})")
    return re.sub(r"\bduration_(?:ms|min)\b", "duration", name).replace("genre_", "genre: ")


def between(low: float, high: float, digits: int = 3, form=number) -> str:
    """Return the ends of an interval in brackets that never break, "[0.086, 0.116]"."""
    return f"[{form(low, digits)},{SPACE}{form(high, digits)}]"


def ci(low: float, high: float, digits: int = 3, form=number) -> str:
    """Return the ends of a confidence interval as sentences name it, "95% CI [0.086, 0.116]"."""
    return f"95%{SPACE}CI{SPACE}{between(low, high, digits, form)}"


def interval(row, name: str, digits: int = 3, form=number) -> str:
    """Return the ends of the interval of a row's estimate in brackets."""
    return between(row[f"{name}_low"], row[f"{name}_high"], digits, form)


def with_ci(row, name: str, form=signed) -> str:
    """Return an estimate of a row with its 95% CI, "+0.142 (95% CI [0.086, 0.198])"."""
    return f"{form(row[name])} ({ci(row[f'{name}_low'], row[f'{name}_high'])})"


def estimated(row, name: str, digits: int = 3, form=number) -> str:
    """Return an estimate of a row with its 95% CI in brackets, or a dash where there is none."""
    if not math.isfinite(row[name]):
        return EMPTY
    return f"{form(row[name], digits)}{SPACE}{interval(row, name, digits)}"


def with_se(row, name: str, digits: int = 3) -> str:
    """Return an estimate of a row with its standard error, "0.417 (0.016)"."""
    return f"{number(row[name], digits)} ({number(row[f'{name}_se'], digits)})"


def listed(words) -> str:
    """Return words as an English list; "none" where there are none."""
    return joined(list(words)) if len(words) else "none"


def with_signs(effects) -> list[str]:
    """Return features, each with the sign of its difference where the CI is clear of zero.

    Where it is not, or the average slope is clear of zero too and has another sign, stands ±;
    nothing stands after names such as genre, which have no difference.
    """
    told = []
    for row in effects.to_dict("records"):
        low, high = row["difference_low"], row["difference_high"]
        slope_low, slope_high = (row.get(f"per_sd_{end}", math.nan) for end in ("low", "high"))
        opposed = slope_low * slope_high > 0 and slope_low * low < 0
        sign = "±" if low * high <= 0 or opposed else "+" if low > 0 else MINUS
        told.append(row["feature"] + ("" if math.isnan(low) else f" {sign}"))
    return told


def are_listed(words) -> str:
    """Return verb and list that end a sentence: "is a", "are a and b", "is none"."""
    return f"{'are' if len(words) > 1 else 'is'} {listed(words)}"


def explained(r2: float) -> str:
    """Return the share of the variance that an R² stands for: no part below zero."""
    return percent(r2) if r2 >= 0.005 else "no part"


def method_name(label: str) -> str:
    """Return a method's label as the subject of a sentence."""
    name = label if label[:2].isupper() else label[0].lower() + label[1:]
    name = name.replace("support vectors", "support vector regression")
    return f"the {name}" if name in ("mean", "median") else name


def the_method(label: str) -> str:
    """Return a method's label with the article that it takes."""
    name = method_name(label)
    return name if name.startswith(("gradient", "support", "the ")) else f"the {name}"


def p_value(value: float) -> str:
    """Return a p-value for a table."""
    return "<0.001" if value < 0.001 else number(value, 3)
