"""Values in scripts, in front of real shells: whatever they hold, they arrive byte for byte and nothing runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeglot.ir import Shell
from pipeglot.scripts import splice
from pipeglot.scripts.places import Rule
from pipeglot_expression.syntax import split

COMMANDS = {Shell.SH: ["sh", "-eu", "-c"], Shell.BASH: ["bash", "-euo", "pipefail", "-c"]}
V = "${{ v }}"
CANARY = "canary"
EVERYWHERE = {
    "a word": f"printf %s {V}",
    "double quotes": f'printf %s "{V}"',
    "within a word": f"printf %s a{V}b | {{ x=$(cat; printf .); x=${{x#a}}; printf %s \"${{x%b.}}\"; }}",
    "an assignment": f'x={V}; printf %s "$x"',
    "an assignment before a command": f"x={V} sh -c 'printf %s \"$x\"'",
    "an export": f"export x={V}; sh -c 'printf %s \"$x\"'",
    "an argument of a shell": f"sh -c 'printf %s \"$1\"' sh {V}",
    "a here-document": f"cat <<EOF\n{V}\nEOF",
    "a here-document without tabs": f"cat <<-EOF\n\t{V}\n\tEOF",
    "a here-document in a substitution": f'x=$(cat <<EOF\n{V}.\nEOF\n); printf %s "${{x%.}}"',
    "a substitution": f'x=$(printf %s. {V}); printf %s "${{x%.}}"',
    "a quoted substitution": f'x="$(printf %s. "{V}")"; printf %s "${{x%.}}"',
    "backticks": f'x=`printf %s. {V}`; printf %s "${{x%.}}"',
    "quoted backticks": f'x="`printf %s. "{V}"`"; printf %s "${{x%.}}"',
    "a subshell": f"(printf %s {V})",
    "braces": f"{{ printf %s {V}; }}",
    "a function": f"f() {{ printf %s {V}; }}; f",
    "a loop": f'for x in {V}; do printf %s "$x"; done',
    "a case": f'case {V} in {V}) printf %s "{V}" ;; esac',
    "a case in a substitution": f'x=$(case a in a) printf %s. {V} ;; esac); printf %s "${{x%.}}"',
    "behind arithmetic": f'x=$((1 + (2))); (( x )) 2>/dev/null || :; printf %s "{V}"',
    "behind a comment": f"# it's {V}\nprintf %s {V}",
    "behind a `#` that is none": f"x=a#b; : $# ${{#x}}; printf %s {V}",
    "behind quotes": f"x='a\"b' y=\"a'b\" z=\\' w=\\\"; printf %s {V}",
    "behind a quoted here-document": f"cat >/dev/null <<'EOF'\nit's \"\nEOF\nprintf %s {V}",
    "behind a redirection": f"printf %s {V} 2>&1 >&1",
    "a file to write to": f"dir=out; printf %s {V} > out.txt; cat out.txt",
    "a test": f'if [ {V} = {V} ]; then printf %s {V}; fi',
    "a pipe": f"printf %s {V} | cat",
    "the last of and": f"true && printf %s {V}",
    "a line that goes on": f"printf %s \\\n  {V}",
}  # fmt: skip
IN_BASH = {
    "an array": f'a=(x {V} y); printf %s "${{a[1]}}"',
    "an array of many lines": f'a=(\n  x # one\n  {V}\n); printf %s "${{a[1]}}"',
    "a double bracket": f"if [[ {V} == {V} && ( a == a ) ]]; then printf %s {V}; fi",
    "a process substitution": f"cat <(printf %s {V})",
    "behind escapes": f"x=$'it\\'s'; printf %s {V}",
    "a local": f"f() {{ local x={V}; printf %s \"$x\"; }}; f",
    "a quoted declaration": f'declare "x={V}"; printf %s "$x"',
    "an element": f'a[1]={V}; printf %s "${{a[1]}}"',
}  # fmt: skip
ADDS_A_LINE = {"a here-document", "a here-document without tabs"}
CASES = [
    *((shell, name, text) for shell in COMMANDS for name, text in EVERYWHERE.items()),
    *((Shell.BASH, name, text) for name, text in IN_BASH.items()),
]

HOSTILE = [
    "plain",
    "",
    " ",
    "*",
    "-n",
    "~",
    'it\'s "quoted"',
    "a\nb\n",
    "\n",
    "\\",
    "a\\nb\\",
    f"$(touch {CANARY})",
    f"`touch {CANARY}`",
    f"a[$(touch {CANARY})]",
    f"'; touch {CANARY}; '",
    f'"; touch {CANARY}; "',
    f"; touch {CANARY} #",
    f"\nEOF\ntouch {CANARY}\n",
    "${PATH} $PATH $$ $(( 1 )) %s %d",
    "{{workflow.uid}} ${{ v }} $(X)",
    "é😀 ünï \u202e\u00a0",
    "\x01\x1b[31m\x7f\r\t",
]
hostile = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(
        st.sampled_from("ab \n\t'\"\\$`(){}[]*?~#&|;<>!%-=+é😀")
        | st.characters(min_codepoint=1, exclude_categories=["Cs"]),
        max_size=20,
    ),
)


def spliced(text: str, shell: Shell) -> tuple[str, list[Rule]]:
    found = splice((None if part.is_expression else part.text for part in split(text)), shell)
    return found.text, [place.rule for place in found.places]


def run(shell: Shell, program: str, value: str, count: int, folder: Path) -> str:
    variables = {f"PIPEGLOT_X_{number}": value for number in range(count)}
    done = subprocess.run(
        [*COMMANDS[shell], program], env={"PATH": os.environ["PATH"], **variables},
        cwd=folder, capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8")


def needs(shell: Shell) -> None:
    if shutil.which(shell.value) is None:
        pytest.skip(f"no {shell.value} here")


@pytest.mark.parametrize(("shell", "name", "text"), CASES, ids=lambda part: str(getattr(part, "value", part)))
def test_it_allows_a_value(shell: Shell, name: str, text: str) -> None:
    assert set(spliced(text, shell)[1]) == {Rule.FREE}


def prints(shell: Shell, value: str, folder: Path) -> None:
    """All places in one program, each in a subshell of its own."""
    if shutil.which(shell.value) is None:
        pytest.skip(f"no {shell.value} here")
    source, expected = "", ""
    for name, text in {**EVERYWHERE, **(IN_BASH if shell is Shell.BASH else {})}.items():
        source += f"printf '%s: ' '{name}'\n( {text}\n)\nprintf '\\036\\n'\n"
        expected += f"{name}: {value}" + ("\n" if name in ADDS_A_LINE else "") + "\x1e\n"
    program, rules = spliced(source, shell)
    assert run(shell, program, value, len(rules), folder) == expected
    assert not (folder / CANARY).exists()


@pytest.mark.parametrize("value", HOSTILE, ids=ascii)
@pytest.mark.parametrize("shell", list(COMMANDS), ids=lambda shell: str(shell.value))
def test_it_prints_hostile_text_byte_for_byte(shell: Shell, value: str, tmp_path: Path) -> None:
    prints(shell, value, tmp_path)


@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=hostile)
@pytest.mark.parametrize("shell", list(COMMANDS), ids=lambda shell: str(shell.value))
def test_it_prints_any_text_byte_for_byte(shell: Shell, value: str, tmp_path: Path) -> None:
    prints(shell, value, tmp_path)


@pytest.mark.parametrize("value", [*HOSTILE, 1, -2.5, True, ["a", {"b": '"\\'}], {"k": "'''"}, 2**63 - 1], ids=repr)
def test_it_gives_python_the_typed_value(value: object, tmp_path: Path) -> None:
    text = (
        "from __future__ import annotations\nimport json  # ${{ v }}\n"
        "found = [${{ v }}, *[${{ v }}]]\nprint(json.dumps(found))"
    )
    program, rules = spliced(text, Shell.PYTHON)
    assert set(rules) == {Rule.FREE}
    variables = {f"PIPEGLOT_X_{number}": json.dumps(value, ensure_ascii=False) for number in range(3)}
    for locale in ("C.UTF-8", "POSIX"):
        done = subprocess.run(
            ["python3", "-c", program], env={"PATH": os.environ["PATH"], "LC_ALL": locale, **variables},
            cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", timeout=30, check=True,
        )  # fmt: skip
        assert json.loads(done.stdout) == [value, value]
