"""The data tracker: who looked at a citizen's data, told to portals that she gave a code, by Estonia's published contract."""
