"""How valence is made: rival claims, a formula that can be printed, and what remains."""
