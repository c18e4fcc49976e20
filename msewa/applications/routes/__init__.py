"""Pages of applications: mine, one with its track, its form, its review, its papers."""

from msewa.applications.routes import beginning, editing, papers, reviewing, showing
from msewa.applications.routes.blueprint import bp

__all__ = ["beginning", "bp", "editing", "papers", "reviewing", "showing"]
