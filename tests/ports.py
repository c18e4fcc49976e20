"""Ports for servers that tests start: never one that another test process could be given too."""

import itertools
import os
import socket

# Below the range that the system hands out by itself; each test process counts through a part of its own, because a server that
# shares its port (SO_REUSEPORT) takes another's requests without a word.
FIRST, PER_PROCESS, PARTS = 12_000, 500, 40
_part = os.getpid() % PARTS
_numbers = itertools.cycle(range(FIRST + _part * PER_PROCESS, FIRST + (_part + 1) * PER_PROCESS))


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    return next(number for number in itertools.islice(_numbers, PER_PROCESS) if _is_free(number))


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
