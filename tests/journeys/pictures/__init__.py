"""The pictures of the README, taken anew by `python -m tests.journeys.pictures.take`."""
