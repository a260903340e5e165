"""What `check` accepts, the report renders: every cell, for tables that are odd in several ways.

`python -m tests.walk_report` does the same for every single kind, and for any table by its path.
"""

import pytest

from tests.tracks.odd_tracks import make_odd
from tests.walk_report import least_effort, walk_report

# noise where the seed is even, something to find where it is odd
MIXED = {
    "the least of everything": ("three scores", "few artists", "bare", "least"),
    "many genres": (
        "some constant", "coarse", "artist of 30 %", "numbers lacking", "many genres",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("seed", "name"), list(enumerate(MIXED)), ids=list(MIXED))
def test_the_report_renders(seed, name, tmp_path):
    make_odd(*MIXED[name], seed=seed).to_csv(tmp_path / "odd.csv", index=False)
    with least_effort(tmp_path / "results"):
        walk = walk_report({"data": str(tmp_path / "odd.csv"), "budget": "quick"})
    assert len(walk.shown) > 60
    assert len(walk.said) > 100
    assert not walk.problems, "\n".join(walk.problems)


SAMPLE = """
```{python}
#| label: parameters
#| tags: [parameters]
data = "none"
```

```{python}
#| label: tbl-fine
#| tbl-cap: "A table."
import pandas as pd
from IPython.display import Markdown
Markdown("| a |\\n|:--|\\n| 1 |")
```

Words `{python} data`, `{python} f"{float('nan')} to {float('-inf')}"` and `{python} 3`.

```{python}
#| label: tbl-empty
#| tbl-cap: "A table."
Markdown("| a |\\n|:--|")
```

```{python}
#| label: fails
fine = 1
wrong = pd.DataFrame([])["group"]
```

`{python} wrong` `{python} "A nanosecond in Nan's None-such Inferno"`
"""


def test_the_walk_names_cell_line_and_error(tmp_path):
    """A walk that passes over failures would make the test above empty."""
    (tmp_path / "sample.qmd").write_text(SAMPLE, encoding="utf-8")
    walk = walk_report({"data": "mine"}, tmp_path / "sample.qmd")
    assert walk.said["16 data"] == "mine"
    unsaid, number, empty, failed = walk.problems
    assert unsaid.startswith("sample.qmd:16: inline") and "says 'nan'" in unsaid
    assert number == "sample.qmd:16: inline `3`: no text, but 3"
    assert empty == 'sample.qmd:18: cell "tbl-empty": an empty table'
    assert failed.startswith('sample.qmd:24: cell "fails": KeyError')
    assert "line 2 of the cell" in failed
