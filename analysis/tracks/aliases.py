"""What files call the canonical columns.

Names are compared in lower case with every run of other characters than letters and digits as
one underscore, so that ``Duration (ms)`` is ``duration_ms``.
Where a file has several names for one column, the one that stands first here is taken.
"""

import re
from collections.abc import Iterable

NAMES = {
    "track_id": (
        "track_id", "spotify_track_id", "spotify_id", "song_id", "track_uri", "spotify_uri",
        "song_uri", "uri", "id", "track_url", "spotify_url", "url", "track_href", "href",
    ),
    "title": ("track_name", "song_name", "title", "track_title", "song_title", "name", "song",
              "track"),
    "artists": (
        "artists", "track_artists", "artist_names", "artist_name_s", "artists_names",
        "artist_s_name", "artists_name", "artist_name", "track_artist", "artist", "performers",
        "performer", "singer",
    ),
    "album": ("album_name", "track_album_name", "album", "album_title"),
    "genre": ("track_genre", "playlist_genre", "genre", "music_genre", "main_genre", "genre_top",
              "track_genre_top", "top_genre", "genres"),
    "popularity": ("popularity", "track_popularity", "song_popularity", "track_pop", "pop"),
    "year": ("year", "release_year", "release_date", "track_album_release_date",
             "album_release_date", "album_date_released", "released_year", "album_date"),
    "explicit": ("explicit", "track_explicit", "is_explicit", "song_explicit"),
    "duration_ms": ("duration_ms", "track_duration_ms", "song_duration_ms", "track_duration",
                    "length_ms", "duration_s", "duration_sec", "duration", "track_duration_s",
                    "length", "track_length", "duration_min", "duration_mins", "duration_minutes",
                    "time"),
    "danceability": ("danceability",),
    "energy": ("energy",),
    "loudness": ("loudness", "loudness_db", "overall_loudness", "loud_db"),
    "speechiness": ("speechiness",),
    "acousticness": ("acousticness",),
    "instrumentalness": ("instrumentalness",),
    "liveness": ("liveness",),
    "valence": ("valence", "audio_valence"),
    "tempo": ("tempo", "bpm"),
    "key": ("key", "audio_key", "key_signature", "musical_key", "camelot", "camelot_key",
            "open_key"),
    "mode": ("mode", "audio_mode"),
    "time_signature": ("time_signature", "timesignature", "time_sig", "meter", "metre"),
}  # fmt: skip

# how analysers of playlists abbreviate scores; alone, such a name may be that of a genre
SHORT = {
    "dance": "danceability", "acoustic": "acousticness", "instrumental": "instrumentalness",
    "happy": "valence", "speech": "speechiness", "live": "liveness",
}  # fmt: skip
# what follows the name of a score in percent
PERCENT = re.compile(r"_(?:%|percent|percentage|pct)$")

# what comes before a column's name where records were nested or tables were joined
PREFIXES = ("audio_features_", "audio_feature_", "echonest_", "features_", "spotify_")

# pitch0, pitch_0, pitches_0, segments_pitch_mean_0, mean_pitch_0, pitch_mean_0
SEGMENTS = re.compile(
    r"(?:segments?_)?(?:mean_|avg_)?(pitch|timbre)(?:e?s)?_?(?:mean_?|avg_?)?(\d{1,2})"
)


def simplify(name: str) -> str:
    """Return a column's name in the spelling of the alias table."""
    return re.sub(r"[^a-z0-9%]+", "_", str(name).strip().lower()).strip("_")


def recognise(names: Iterable[str]) -> dict[str, str]:
    """Return canonical names to the file's own, in canonical order, for those that are found."""
    spelled: dict[str, str] = {}
    for name in names:
        simple = simplify(name)
        bare = PERCENT.sub("", simple)
        cut = [bare.removeprefix(prefix) for prefix in PREFIXES if bare.startswith(prefix)]
        for spelling in (simple, bare, *cut):
            spelled.setdefault(spelling, name)
    if set(SHORT) <= set(spelled):
        spelled = {SHORT[short]: spelled[short] for short in SHORT} | spelled
    found = {}
    for canonical, spellings in NAMES.items():
        match = next((spelled[spelling] for spelling in spellings if spelling in spelled), None)
        if match is not None and match not in found.values():
            found[canonical] = match
    return found | _recognise_segments(names)


def _recognise_segments(names: Iterable[str]) -> dict[str, str]:
    """Match the means of the audio analysis; a block counts only with all of its twelve parts."""
    numbered: dict[str, dict[int, str]] = {"pitch": {}, "timbre": {}}
    for name in names:
        match = SEGMENTS.fullmatch(simplify(name))
        if match:
            numbered[match[1]].setdefault(int(match[2]), name)
    found = {}
    for block, parts in numbered.items():
        first = min(parts, default=0)  # some files count from 1
        if first in (0, 1) and set(parts) == set(range(first, first + 12)):
            found |= {f"{block}_{part - first}": parts[part] for part in sorted(parts)}
    return found
