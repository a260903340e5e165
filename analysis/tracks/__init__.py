"""From any export of Spotify tracks to clean, unique, split tracks.

``schema`` names the canonical columns, ``aliases`` what files call them, ``files`` reads bytes
within bounds, ``containers`` makes tables of them, ``values`` turns text into numbers,
``credits`` into names, and ``reading`` puts these together.
``cleaning`` keeps each recording once and accounts for every row that it drops, ``splitting``
holds out whole artists, ``features`` derives columns, ``datasets`` knows the published tables.
"""
