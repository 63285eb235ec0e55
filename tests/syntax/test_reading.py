from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeglot.diagnostics import Diagnostic, SpecRejected
from pipeglot.diagnostics.origins import Span
from pipeglot.syntax.reader import read, read_file


def refused(content: str | bytes) -> list[Diagnostic]:
    with pytest.raises(SpecRejected) as caught:
        read(content, "p.yaml")
    return list(caught.value.diagnostics)


def marked(content: str) -> list[tuple[str, str]]:
    """Codes, and the text under the carets of each."""
    spans = [(each.code, each.origin) for each in refused(content)]
    return [(code, content[span.start : span.end] if isinstance(span, Span) else "") for code, span in spans]


ACCEPTED: list[tuple[str, object]] = [
    ("a: 1\n", {"a": 1}),
    ("\ufeffa: 1\n", {"a": 1}),
    ("a: 1\r\nb: |\r\n  x\r\n", {"a": 1, "b": "x\n"}),
    ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
    ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
    ("&k a: 1\nb: {*k : 2}\n", {"a": 1, "b": {"a": 2}}),
    ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
    ("a: &x [&x b, *x]\nc: *x\n", {"a": ["b", "b"], "c": "b"}),
    ('"1": a\n"<<": b\n\'null\': c\n', {"1": "a", "<<": "b", "null": "c"}),
    ("on: a\nyes: b\n", {"on": "a", "yes": "b"}),
    ("a: ${{ params.x }}\n", {"a": "${{ params.x }}"}),
    ('a: "\\u2028\\u0007\\uFEFF"\n', {"a": "\u2028\x07\ufeff"}),
    ("a: '\\0'\nb: |\n  \\x00\n", {"a": "\\0", "b": "\\x00\n"}),
    ("a: " + "[" * 63 + "]" * 63, None),
]


@pytest.mark.parametrize(("text", "data"), ACCEPTED)
@pytest.mark.parametrize("libyaml", [True, False])
def test_it_reads(monkeypatch: pytest.MonkeyPatch, text: str, data: object, libyaml: bool) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", libyaml)
    found = read(text.encode(), "p.yaml")
    assert data is None or repr(found.data) == repr(data)
    assert found.text == text.removeprefix("\ufeff")


REFUSED = [
    ("a: 1\n\na: 2\n", [("PG101", "a")]),
    ("a: {b: 1, 'b': 2}\nc: [{d: 1, d: 2}]\n", [("PG101", "'b'"), ("PG101", "d")]),
    ("a:\n\t- b\n", [("PG102", "\t")]),
    ("a: {b: x/${{ c }}/d, e: f}\n", [("PG103", "x/${{ c }}/d")]),
    ("a: [${{ b['}}'] }}]\n", [("PG103", "${{ b['}}'] }}")]),
    ("a: {{ b }}\n", [("PG103", "{{ b }}")]),
    ("a: !!str 1\nb: ! c\n", [("PG104", "!!str"), ("PG104", "!")]),
    ("a: [!x b]\n", [("PG104", "!x")]),
    ("a: {<<: {b: 1}}\n", [("PG105", "<<")]),
    ("a: 1\n---\n", [("PG106", "---")]),
    ("", [("PG107", "")]),
    ("# nothing\n", [("PG107", "")]),
    ("---\n", [("PG107", "")]),
    ("- a\n", [("PG108", "- a")]),
    ("null\n", [("PG108", "null")]),
    ("1: a\n? [b]\n: c\n~: d\n", [("PG109", "1"), ("PG109", "[b]"), ("PG109", "~")]),
    ("a: {: b}\n", [("PG109", ":")]),
    ("a: &x 1\nb: {*x : 2}\n", [("PG109", "*x")]),
    ("a: b\u2028\n", [("PG112", "\u2028")]),
    ("a: b\rc: d\x00\n", [("PG113", "\r"), ("PG114", "\x00")]),
    ("a: \ufeff\ufeff\n", [("PG114", "\ufeff\ufeff")]),
    ("a: \ud800\n", [("PG114", "\ud800")]),
    ('a: "\\0"\n', [("PG114", '"\\0"')]),
    ("a: " + "[" * 64 + "]" * 64 + "\n", [("PG115", "[")]),
    ("a: &x " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 30 + "*x" + "]" * 30, [("PG115", "*x")]),
    ("a: *x\n", [("PG118", "*x")]),
    ("a: &x {b: *x}\n", [("PG119", "*x")]),
    ("a: &x 1\nb: &x [*x]\n", [("PG119", "*x")]),
    ("a: @b c # d\n", [("PG120", "@b c")]),
    ("a: * * * * *\n", [("PG120", "* * * * *")]),
    ("a: {b: c}%d e\n", [("PG129", "%d e")]),
    ("a: [%d]\n", [("PG120", "%d")]),
    ("a: { @d: e}\n", [("PG120", "@d")]),
    ("a: |\n  b\n%d: e\nf: @g\n", [("PG126", "%d: e")]),
    ("a:\n  b: |\n    c\n  %d: e\n", [("PG120", "%d")]),
    ('a: {b: "c"@d, e: f}\n', [("PG129", "@d")]),
    ("a: b: c\n", [("PG121", ":")]),
    ("a: 'b\nc: d\n", [("PG122", "'b")]),
    ("a: {b: [c, d\ne: f\n", [("PG123", "[")]),
    ("a:\n  - b\n c: d\n", [("PG124", "c:")]),
    ("a: 1\n  b: 2\n", [("PG124", "b")]),
    ('a: "\\d"\n', [("PG125", "\\d")]),
    ("%YAML 1.1\n---\na: 1\n", [("PG126", "%YAML 1.1")]),
    ("a: [.nan, -.inf, 1e400]\n", [("PG127", ".nan"), ("PG127", "-.inf"), ("PG127", "1e400")]),
    ("a: 9223372036854775808\n", [("PG128", "9223372036854775808")]),
    ("a: 'it's'\n", [("PG129", "s'")]),
    ("a: 1\nb\nc: 1\n", [("PG130", "b")]),
    ("a: - b\n", [("PG131", "- b")]),
    ("a: [b, c}\n", [("PG132", "}")]),
    ("a: |b\n  c\n", [("PG133", "b")]),
    ("a: 1\na: 2\nb: *y\nc: [d\n", [("PG101", "a"), ("PG118", "*y"), ("PG123", "[")]),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
@pytest.mark.parametrize("libyaml", [True, False])
def test_it_names_what_it_refuses(
    monkeypatch: pytest.MonkeyPatch, text: str, expected: list[tuple[str, str]], libyaml: bool
) -> None:
    monkeypatch.setattr(yaml, "__with_libyaml__", libyaml)
    assert marked(text) == expected


HINTED = [
    ("a: {b: x/${{ c }}/d, e: f}", 'write "x/${{ c }}/d"', 'a: {b: "x/${{ c }}/d", e: f}'),
    ("a: [ls, ${{ b['x'] }}]", "write \"${{ b['x'] }}\"", "a: [ls, \"${{ b['x'] }}\"]"),
    ('a: {b: ${{ c["x"] }}}', "write '${{ c[\"x\"] }}'", "a: {b: '${{ c[\"x\"] }}'}"),
    ("a: {{ b }}", 'write "${{ b }}"', 'a: "${{ b }}"'),
    ("1: a", 'write "1"', '"1": a'),
    ("a: [*.csv, b]", 'write "*.csv"', 'a: ["*.csv", b]'),
    ("a: *x y", 'write "*x y"', 'a: "*x y"'),
    ("a: @b c # d", 'write "@b c"', 'a: "@b c" # d'),
    ("@a: b", 'write "@a"', '"@a": b'),
    ("a:\n  @b", 'write "@b"', 'a:\n  "@b"'),
    ("a: b: c # d", 'write "b: c"', 'a: "b: c" # d'),
    ('a: echo "b": c', "write 'echo \"b\": c'", "a: 'echo \"b\": c'"),
    ("a: 'it's'", 'write "it\'s"', 'a: "it\'s"'),
    ("a: 'b' c", "write \"'b' c\"", "a: \"'b' c\""),
    ("a: [b] c", 'write "[b] c"', 'a: "[b] c"'),
    ('a: "\\d"', "write `\\\\d` if the backslash is meant", 'a: "\\\\d"'),
    ("a: 1e999", 'quote it if it is text: "1e999"', 'a: "1e999"'),
]


@pytest.mark.parametrize(("text", "hint", "mended"), HINTED)
def test_it_hints_at_what_mends_the_text(text: str, hint: str, mended: str) -> None:
    (found,) = refused(text)
    assert found.hint == hint
    assert list(read(mended, "p.yaml").data) in (["a"], ["1"], ["@a"])


UNHINTED = ['a: ["b"&, c]', "*a", "@a", "1e999", "a:\n b:\n @c\n", "a: 'b'? c", "~: a\n'~': b"]


@pytest.mark.parametrize("text", UNHINTED)
def test_it_hints_at_nothing_that_is_the_next_mistake(text: str) -> None:
    assert {each.hint for each in refused(text)} == {None}


def span(place: Span) -> tuple[int, int]:
    return place.start, place.end


BYTES = [
    (b"a: caf\xe9\n", "PG110", (6, 7)),
    ("\ufeffé: ".encode() + b"\xff", "PG110", (3, 4)),
    ("a: 1".encode("utf-16"), "PG111", None),
    ("a: 1".encode("utf-16-be"), "PG111", None),
    ("a: 1".encode("utf-32-le"), "PG111", None),
    (b"#" * (32 * 1024 * 1024 + 1), "PG116", None),
]


@pytest.mark.parametrize(("raw", "code", "at"), BYTES, ids=[code + str(i) for i, (_, code, _) in enumerate(BYTES)])
def test_it_refuses_bytes_that_are_no_text(raw: bytes, code: str, at: tuple[int, int] | None) -> None:
    (found,) = refused(raw)
    assert found.code == code
    assert at == (span(found.origin) if isinstance(found.origin, Span) else None)


def test_it_counts_what_aliases_stand_for() -> None:
    ten = "[" + ", ".join(["x"] * 9) + "]"
    rows = [f"k{i}: &k{i} [{', '.join([f'*k{i - 1}'] * 10)}]" for i in range(1, 5)]
    text = f"k0: &k0 {ten}\n" + "\n".join(rows) + "\n"
    # the last of the rows stands for 101,111 nodes, all of them for 112,220
    assert read(text + f"k5: [{', '.join(['*k4'] * 8)}]\n", "p.yaml").data
    assert marked(text + f"k5: [{', '.join(['*k4'] * 9)}]\n") == [("PG117", "*k4")]


def test_it_is_not_slowed_by_what_it_refuses() -> None:
    # libyaml alone takes minutes for this
    assert [each.code for each in refused("a: " + "[" * 100_000)] == ["PG115"]


def test_it_reads_a_file_under_the_name_it_was_given(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_file(file).name == file.as_posix()
    assert read_file(file, "other").name == "other"


def test_it_says_that_a_file_is_missing_or_a_folder(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.yaml", "PG510"), (tmp_path, "PG511")):
        with pytest.raises(SpecRejected) as caught:
            read_file(path, "p.yaml")
        assert [each.code for each in caught.value.diagnostics] == [code]


def test_it_imports_little_to_read() -> None:
    heavy = (
        "pydantic",
        "pydantic_core",
        "ruamel",
        "jinja2",
        "sqlalchemy",
        "json",
        "difflib",
        "pipeglot.rendering.report",
    )
    code = f"import pipeglot.syntax.reader, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
