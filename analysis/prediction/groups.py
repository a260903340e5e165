"""Groups of tracks that are scored by themselves, and the frames of their scores."""

# Tracks of a group that is scored by itself: the scores of fewer are noise.
FEWEST = 20
COUNTS = ("tracks", "artists")
