"""What the code may not do at all: found by reading it, so that no review has to remember."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.installation import ROOT

FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.system",
    "os.popen",
    "yaml.load",
    "yaml.unsafe_load",
    "pickle.loads",
    "pickle.load",
}
FORBIDDEN_CALLS |= {"marshal.loads", "shelve.open", "tempfile.mktemp", "render_template_string", "flask.render_template_string", "input"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "telnetlib", "xml", "lxml", "random"}
WEAK = re.compile(r"\b(?:md5|sha1|DES|RC4|ECB|PKCS1v15|verify=False|CERT_NONE|_create_unverified_context|check_hostname\s*=\s*False)\b")


def sources() -> dict[str, ast.Module]:
    files = [ROOT / "app.py", *sorted((ROOT / "msewa").rglob("*.py")), *sorted((ROOT / "migrations").rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in files}


SOURCES = sources()


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield path, ast.unparse(node.func), node


def test_nothing_that_was_typed_can_become_code() -> None:
    made = {(path, name) for path, name, _ in calls() if name in FORBIDDEN_CALLS}

    # The catalogue's own files, by a loader that makes plain values only.
    assert made == {("msewa/catalogue/sources.py", "yaml.load")}


def test_no_module_is_imported_that_can_run_what_it_reads_or_guess_what_is_secret() -> None:
    found = {(path, name) for path, tree in SOURCES.items() for name in imports(tree) if name.split(".")[0] in FORBIDDEN_MODULES}

    # The pause before the next try is spread by chance; that guards nothing.
    assert found == {("msewa/outbox/rules.py", "random")}


def test_no_shell_is_ever_asked() -> None:
    shells = [
        (path, name)
        for path, name, node in calls()
        for keyword in node.keywords
        if keyword.arg == "shell" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]

    assert shells == []


@pytest.mark.parametrize("function", ["text", "sa.text", "sqlalchemy.text", "op.execute", "exec_driver_sql"])
def test_no_statement_is_put_together_from_pieces(function: str) -> None:
    built = [
        (path, ast.unparse(node))
        for path, name, node in calls()
        if (name == function or name.endswith(f".{function}")) and node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]

    assert built == []


def test_secrets_are_compared_in_constant_time() -> None:
    secretive = re.compile(r"\b(?:token|secret|mac|seal|digest|signature|password|hash)\w*\b", re.IGNORECASE)
    compared = []
    for path, tree in SOURCES.items():
        if path.startswith(("msewa/crypto", "msewa/web", "msewa/accounts")):
            for node in ast.walk(tree):
                if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
                    words = ast.unparse(node)
                    # A column's == is a condition of SQL, where the index has been looked up by a hash already.
                    if secretive.search(words) and not re.search(r"\b(?:[A-Z][a-z]\w+|_[A-Z]+)\.\w+", words):
                        compared.append((path, words))

    assert sorted(compared) == PLAIN_COMPARISONS


# What looks like a secret and is none: names, lengths, headers that were proven, a file's own hash, the spelling of a link.
PLAIN_COMPARISONS = [
    ("msewa/accounts/routes/recover.py", "visit.data['lost'] == 'password'"),
    ("msewa/crypto/jose.py", "signed.headers() != {'alg': SIGN, 'kid': sender['kid'], 'typ': SIGNATURE_TYPE}"),
    ("msewa/crypto/keyfile.py", "len(secret) == SECRET_BYTES"),
    ("msewa/crypto/tokens.py", "base64.urlsafe_b64encode(signed).rstrip(b'=') == token.encode('utf-8', 'replace')"),
    ("msewa/web/assets.py", "named[2] != digest"),
]


def test_no_weak_algorithm_and_no_unchecked_certificate_is_named() -> None:
    named = {(path, found) for path, tree in SOURCES.items() for found in WEAK.findall(ast.unparse(tree))}

    # GovStack's revisions name SHA-1 for a hash that readers compare; nothing of ours rests on it.
    assert named == {("msewa/consents/exchange.py", "sha1")}


# Nonces of AES-GCM (96 bits by their definition); names of keys, files, requests, exports; a page's nonce; form keys (96 bits).
SHORT_DRAWS = {
    ("msewa/closure/operations/ending.py", "secrets.token_hex(4)"),
    ("msewa/crypto/keyfile.py", "secrets.token_hex(8)"),
    ("msewa/crypto/keyring.py", "secrets.token_hex(8)"),
    ("msewa/crypto/passwords.py", "secrets.token_bytes(12)"),
    ("msewa/crypto/wrapping.py", "secrets.token_bytes(12)"),
    ("msewa/web/form_keys.py", "secrets.token_urlsafe(12)"),
    ("msewa/web/headers.py", "secrets.token_hex(6)"),
    ("msewa/web/headers.py", "secrets.token_urlsafe(12)"),
}


def test_what_is_drawn_by_lot_has_enough_bits() -> None:
    short = {
        (path, ast.unparse(node))
        for path, called, node in calls()
        if called.startswith("secrets.token_") and node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value < 16
    }

    assert short == SHORT_DRAWS
