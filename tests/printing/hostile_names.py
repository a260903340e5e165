"""Names that try to be more than names; each holds a mark of its own by which it is found again."""

import re

import numpy as np
import pandas as pd

from tests.tracks.made_tracks import as_export, make_tracks

UUID = "b58fc729-690b-4000-b19f-365a4093b2ff"  # behind it, Quarto keeps its shortcodes
PATTERNS = (
    "<svg onload=document.title='PWNED' x={}>", "<script>document.title='{}'</script>",
    "<img src=http://127.0.0.1:9/{}.png>", "<!-- {} -->", "</p></div>{}<div>", "<https://{}.test>",
    "<a href='javascript:{}'>x</a>", "&lt;b&gt;{}&#60;/b&#62;", "![{}](/etc/hostname)",
    "[{}](javascript:alert(1))", "[x]: http://{}.test", "[{}]{.c #i}", "[^{}]", "^[{}]",
    "*{}*", "**{}**", "_{}_", "~~{}~~", "^{}^", "~{}~", "`{}`", "`{}`{=html}", "``` {}", ":::: {}",
    "# {}", "## {}", "> {}", "- {}", "+ {}", "* {}", "1. {}", "{}. x", "(@) {}", "a) {}", "i. {}",
    "== {} ==", "/ {}: y", "| {} | b |", "|{}", "---{}---", "{}\n===", "x\n: {}", "Table: {}",
    "@{}", "[@{}]", "[-@{}, p. 3]", "@fig-{}", "${}$", "$${}$$", "$_{{ {}", "\\({}\\)", "\\{}",
    "\\begin{{a}}{}\\end{{a}}", "\\input{{{}}}", "#import \"{}\"", "#image(\"{}\")", "$ #{} $",
    "{{{{< include {} >}}}}", "{{{{{{< meta {} >}}}}}}", "{{.{} k=v}}", f"{UUID};{{}};", "%{}",
    "{}\\",
    "https://{}.test/x", "{}@mail.test", ":{}:", "AC/*{}*/DC", "// {}", "{}...", "Mr. {}",
    "    {}", "\"{}\" it's '{}", "\u202e{}\u202c", "\x1b[31m{}\x07",
    "\u2028{}\u2029", "\ud800{}", "\ufeff{}\ufffe",
    "中文{}", "日本語{}", "한국어{}", "ไทย{}", "عربي {}",
    "😀{}", "e\u0301\u0301\u0301\u0301\u0301{}",
)  # fmt: skip


# How marks look; those of genres and of the file's name are other ones.
MARK = re.compile(r"qz\d+zq|g\dqz|fqz")


def names() -> dict[str, str]:
    """Return every hostile name by its mark, a word that nothing else holds."""
    marks = [f"qz{number}zq" for number in range(len(PATTERNS))]
    # some braces of patterns are not meant for `format`
    return {mark: pattern.replace("{}", mark).replace("{{", "{").replace("}}", "}")
            for mark, pattern in zip(marks, PATTERNS, strict=True)}  # fmt: skip


def genres(port: int) -> list[str]:
    """Return three genres that ask for script, files, addresses, citations and formulas."""
    return [
        "<svg onload=document.title='PWNED' g0qz> $g0qz$ @g0qz A$_{$ Under 'g0qz'",
        f"![g1qz](http://127.0.0.1:{port}/a) {{{{< include g1qz >}}}} `g1qz`{{=html}} #g1qz | *b*",
        f"<img src=http://127.0.0.1:{port}/b onerror=document.title='PWNED' g2qz> ^[g2qz] \\g2qz",
    ]


def make_hostile(port: int = 9, rows: int = 400, seed: int = 0) -> pd.DataFrame:
    """Return a table as a file would hold it in which every name is hostile."""
    rng = np.random.default_rng(seed)
    tracks, kinds = make_tracks(rows, 60, seed), genres(port)
    tracks["genre"] = rng.choice(kinds, rows)
    pull = 0.3 * (tracks["danceability"] + tracks["energy"]) + 0.2 * (tracks["genre"] == kinds[0])
    tracks["valence"] = (pull + rng.normal(0.1, 0.1, rows)).clip(0.01, 0.99).round(4)
    fit = [name for name in names().values() if "\ud800" not in name]  # which no file holds
    artists = tracks["artist"].str.split().str[-1].astype(int)
    tracks["title"] = [fit[n % len(fit)] for n in range(rows)]
    tracks["artists"] = [fit[n % len(fit)] for n in artists]
    return as_export(tracks)
