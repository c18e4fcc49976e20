"""Privacy: a citizen's own page of everything that is held about her, who looked, what she allowed and where it went."""
