"""The schema of a record: `results/README.md` says it in words."""

from analysis.tracks.schema import BadInput

# Raised when tables or columns of `TABLES` are added or change name or meaning.
SCHEMA = 2

_SCORE = ("model", "metric", "value", "low", "high")
TABLES = {
    "account": ("step", "reason", "dropped", "left"),
    "split": ("part", "tracks", "share", "artists", "mean", "sd"),
    "leakage": ("design", "rows", "r2", "r2_low", "r2_high", "mae", "shared_artists"),
    "ladder": ("rung", "label", "parameters", "cv_r2", "cv_r2_se", "cv_mae", "chosen"),
    "effects": ("feature", "per_sd", "per_sd_low", "per_sd_high", "tracks"),
    "contrasts": ("feature", "larger", "larger_low", "larger_high"),
    "tests": ("feature", "p"),
    "blocks": ("block",),
    "searches": ("model", "label", "trials", "mae", "gained"),
    "settings": ("learner", "label", "setting", "default", "chosen"),
    "weights": ("model", "weight"),
    "methods": ("model", "label", "kind", "best"),
    "scores": _SCORE,
    "cross_validation": _SCORE,
    "differences": _SCORE,
    "tests_of_methods": ("model", "difference", "low", "high", "p"),
    "coverage": ("group", "tracks", "coverage", "low", "high", "width"),
    "network_settings": ("learner", "label", "setting", "default", "chosen"),
    "network_scores": (*_SCORE, "role"),
    "network_differences": (*_SCORE, "against"),
    "network_folds": ("metric", "value", "low", "high"),
    "importance": ("group", "mae", "low", "high", "rank", "by", "model"),
    "directions": ("feature", "spread", "slope", "model"),
    "learning_curve": ("share", "fold", "tracks", "r2"),
    "ceilings": ("estimate", "r2", "low", "high"),
    "repeats": ("recordings", "pairs", "equal", "median", "r2", "low", "high"),
    "formulas": ("formula", "coefficient", "atoms"),
    "formula_scores": _SCORE,
    "frontiers": ("terms", "r2", "chosen", "formula"),
    "groups": ("group", "alone", "low", "high", "missed", "gain"),
    "keys": ("sign", "alone", "partial", "partial_low", "partial_high"),
    "piles": ("end", "at", "tracks", "expected", "ratio", "low", "high"),
    "verdicts": ("key", "claim", "size", "verdict"),
}
# Tables that only some records have.
OPTIONAL = {
    "hold_outs": ("seed", "model", "best", "mae", "r2"),
    "audio_rungs": ("model", "label", "without", "with", "gain", "low", "high"),
    "audio_learners": ("model", "label", "without", "with", "gain", "low", "high"),
    "audio_sets": ("with", "label", "r2", "low", "high"),
    "audio_parts": ("part", "per_sd", "low", "high", "alone", "alone_low", "alone_high"),
    "transfer": ("trained", "tested", "r2", "low", "high"),
}
FIELDS = (
    "schema", "name", "title", "source", "licence", "citation", "snapshot", "budget", "seed",
    "made", "fingerprints", "versions", "seconds", "tables",
)  # fmt: skip


def check_record(record: dict, place: str = "the record") -> None:
    """Refuse what is no record of this schema.

    Raises
    ------
    BadInput
        A field, a table or a column is missing, or the schema is another one.
    """
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        raise BadInput(f"{place} is no record of schema {SCHEMA}: study the table again.")
    missing = [name for name in FIELDS if name not in record]
    tables = record.get("tables", {})
    missing += [name for name in TABLES if name not in tables]
    for name, columns in (TABLES | OPTIONAL).items():
        have = tables.get(name, {"columns": columns}).get("columns", [])
        missing += [f"{name}.{column}" for column in columns if column not in have]
    if missing:
        raise BadInput(f"{place} lacks {', '.join(missing)}: study the table again.")
