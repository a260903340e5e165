"""Sentences on how scores go with valence and with each other, one by one and together."""




