"""Statistics for research: fixed tables of many people, never a row about one (P33, P43)."""
