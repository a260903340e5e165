"""Numbers and names print as a typesetter would set them."""

import math
import re

import pandas as pd
import pypandoc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.display import Markdown
from plotnine import aes, geom_point, ggplot, labs

from analysis.printing import numbers as prose
from analysis.printing.tables import grouped, markdown, tabulate_dictionary
from analysis.printing.theme import theme_report


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.12345, 3, "0.123"),
        (-0.5, 2, "\N{MINUS SIGN}0.50"),
        (-0.0001, 3, "0.000"),  # no sign where the digits show none
        (1234.5, 1, "1,234.5"),
    ],
)
def test_number(value, digits, text):
    assert prose.number(value, digits) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_sentence_never_prints_nan(value):
    with pytest.raises(ValueError, match="cannot print"):
        prose.number(value)


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_number_reads_back(value, digits):
    text = prose.number(value, digits).replace(",", "").replace(prose.MINUS, "-")
    assert math.isclose(float(text), value, abs_tol=0.51 * 10**-digits)


def test_signs_intervals_and_p_values():
    assert [prose.signed(x, 1) for x in (0.51, -0.51, 0.001)] == ["+0.5", "−0.5", "0.0"]
    row = {"x": 0.1, "x_low": -0.5, "x_high": 0.25}
    assert prose.with_ci(row, "x").replace(prose.SPACE, " ") == "+0.100 (95% CI [−0.500, 0.250])"
    assert prose.interval(row, "x", 0, prose.percent) == f"[−50%,{prose.SPACE}25%]"
    assert [prose.p_equals(p) for p in (1e-9, 0.0421)] == ["p < 0.001", "p = 0.042"]


def test_lists_and_counts():
    assert [prose.joined(list(words)) for words in ("a", "ab")] == ["a", "a and b"]
    assert prose.joined(["a", "b", "c"], "or") == "a, b or c"
    assert (prose.plural(1, "track"), prose.plural(1200, "track")) == ("1 track", "1,200 tracks")
    assert (prose.spelled(3), prose.spelled(12)) == ("three", "12")


def test_cells_of_a_table():
    frame = pd.DataFrame({"x": [-0.12345, math.nan], "n": [1000, 2], "yes": [True, False]})
    lines = markdown(frame, digits=2).data.splitlines()
    assert [cell.strip() for cell in lines[2].strip("|").split("|")] == ["−0.12", "1,000", "yes"]
    assert [cell.strip() for cell in lines[3].strip("|").split("|")] == ["–", "2", "no"]
    assert lines[1].count("-:") == 2  # numbers stand right


def test_years_have_no_separator():
    lines = pd.DataFrame({
        "name": ["year", "duration_ms"], "meaning": "m", "unit": "none", "levels": 3,
        "smallest": [1965.0, 1965.0], "largest": [2020.0, 2020.0],
    })  # fmt: skip
    text = tabulate_dictionary(lines).data
    assert "1965 to 2020" in text
    assert "1,965 to 2,020" in text


def test_letters_that_readers_have_stay_text_in_figures(tmp_path):
    """Others are outlines: neither Typst nor a reader's browser need have a font for them."""
    frame = pd.DataFrame({"x": [1, 2], "y": ["Živá “ρ²” −1", "日本語"]})
    plot = ggplot(frame, aes("x", "y")) + geom_point() + labs(y="") + theme_report(2)
    plot.save(tmp_path / "figure.svg", verbose=False)
    svg = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert "Živá “ρ²” −1" in texts
    assert not any("日" in text for text in texts)


def test_pandoc_finds_the_groups_of_headings_again():
    table = pd.DataFrame({
        "method": ["曲", "b"], "score": ["1", "2"], "held out | MAE": ["0.1 [0.0, 0.2]", "–"],
        "held out | R²": ["- 1", "<b>"], "a long name": ["x", Markdown("**y**")],
    })  # fmt: skip
    page = pypandoc.convert_text(grouped(table).data, "html", "markdown")
    heads = re.findall(r'<th (\w+="2")? ?style="text-align: (\w+);">(.*?)</th>', page)
    assert heads == [
        ('rowspan="2"', "left", "method"), ('rowspan="2"', "right", "score"),
        ('colspan="2"', "right", "held out"), ('rowspan="2"', "right", "a long name"),
        ("", "right", "<strong>MAE</strong>"), ("", "right", "<strong>R²</strong>"),
    ]  # fmt: skip
    cells = re.findall(r"<td[^>]*>(.*?)</td>", page)
    assert cells == ["曲", "1", "0.1 [0.0, 0.2]", "\N{WORD JOINER}- 1", "x",
                     "b", "2", "–", "&lt;b&gt;", "<strong>y</strong>"]  # fmt: skip
