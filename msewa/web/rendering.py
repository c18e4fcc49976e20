"""Templates compiled once for each language, their words translated while compiling.

Looking up some fifty words cost more than the rest of a page; a language's own environment holds them as constants.
"""

import re
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.support import Translations
from flask import Flask, current_app
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe._speedups import _escape_inner as escape_text  # pyright: ignore[reportPrivateUsage] - the C function itself

from msewa.web.locale import language

# Words up to a placeholder, and the placeholder's name; %% is a percent sign.
PIECE = re.compile(r"((?:[^%]|%%)*)(?:%\((\w+)\)[sd])?")


def quick_escape(value: Any) -> str:
    """Escape what a template writes: plain text by markupsafe's C function, without a Markup around it that would only be joined."""
    if type(value) is str:
        return escape_text(value)
    return value if type(value) is Markup else escape(value)


class PageWriter(CodeGenerator):
    """Writes templates that escape by `quick_escape`; jinja's own way costs three times as much and gives the same."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if not frame.eval_ctx.volatile and frame.eval_ctx.autoescape and finalize.src is None:
            self.write("environment.escape(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def visit_For(self, node: nodes.For, frame: Frame) -> None:  # noqa: N802 - as below
        """Gather what a loop writes and pass it on once: a page in an outer template passes each piece through every level."""
        if frame.buffer is not None:
            super().visit_For(node, frame)
            return
        self.buffer(frame)
        super().visit_For(node, frame)
        self.writeline(f"yield concat({frame.buffer})")
        frame.buffer = None


class PageTemplate(Template):
    """A template whose imports are made once: none of ours takes in what a single page was given."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        # With a page's context jinja would first compare the names it was given with its own, for each import of each page.
        return super()._get_default_module()


class PageEnvironment(Environment):
    """Flask's environment; an overlay with `words` puts their translation in place of every `_("...")`."""

    words: NullTranslations | None = None
    code_generator_class = PageWriter
    template_class = PageTemplate
    escape = staticmethod(quick_escape)

    def make_globals(self, d: Any) -> Any:
        """Give an overlay's templates its globals as one dict: jinja's chain of two is gone through name by name for every page."""
        return super().make_globals(d) if self.words is None else {**self.globals, **(d or {})}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return tree if self.words is None else _Translator(self.words).visit(tree)


class _Translator(NodeTransformer):
    """Replaces calls of `_` with a constant first argument; words with placeholders become a format that escapes what it takes in."""

    def __init__(self, words: NullTranslations) -> None:
        self._words = words

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - as below
        """Write the pieces of joined words one after the other, rather than join them first."""
        self.generic_visit(node)
        node.nodes = [piece for one in node.nodes for piece in (one.nodes if isinstance(one, nodes.Concat) else [one])]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - jinja's visitor names methods after node classes
        self.generic_visit(node)
        is_plain = isinstance(node.node, nodes.Name) and node.node.name == "_" and len(node.args) == 1 and not node.dyn_kwargs
        if not is_plain or not isinstance(node.args[0], nodes.Const):
            return node
        return self._join(self._words.gettext(node.args[0].value), {one.key: one.value for one in node.kwargs}, lineno=node.lineno)

    def _join(self, text: str, taken: dict[str, nodes.Expr], *, lineno: int) -> nodes.Node:
        """Lay the translated words and what they take in side by side; what is taken in is escaped where it is joined."""
        pieces: list[nodes.Expr] = []
        for words, name in PIECE.findall(text):
            if words:
                pieces.append(nodes.MarkSafe(nodes.Const(words.replace("%%", "%"), lineno=lineno), lineno=lineno))
            if name:
                pieces.append(taken[name])
        return pieces[0] if len(pieces) == 1 and not taken else nodes.Concat(pieces, lineno=lineno)


def init_app(app: Flask) -> None:
    """Give templates the components as `ui`; call when all other globals are there, for the components know those of this moment."""
    app.extensions |= {"pages": {}, "frames": {}}
    shared: dict[str, Any] = app.jinja_env.globals
    shared["ui"] = app.jinja_env.get_template("ui.html").module


def environment() -> Environment:
    """Return the environment of this request's language, made when it is first asked for."""
    made: dict[str, Environment] = current_app.extensions["pages"]
    code = language()
    if code not in made:
        made[code] = _overlay(current_app.jinja_env, words=_words(code))
    return made[code]


def _words(code: str) -> NullTranslations:
    return NullTranslations() if code == "en" else Translations.load(str(Path(current_app.root_path) / "translations"), [code])


def _overlay(base: Any, *, words: NullTranslations) -> Environment:
    own = base.overlay()
    own.words = words
    own.globals = dict(base.globals)
    own.globals["ui"] = own.get_template("ui.html").module
    return own


def get_template(name: str) -> Template:
    """Return a template in this request's language."""
    return environment().get_template(name)


def in_context(values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` with what every page may use; of Flask's own, templates get nothing: values, not queries."""
    return {**current_app.extensions["page_values"](), **values}
