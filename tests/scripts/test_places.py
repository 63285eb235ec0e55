"""Where a value cannot stand in a script, or only an int can."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeglot.ir import Shell
from pipeglot.scripts import places, splice
from pipeglot.scripts.places import Place
from pipeglot_expression.syntax import split

V = "${{ v }}"
IN_ANY_SHELL = [
    (f"echo '{V}'", places.SINGLE),
    (f"echo \"it's\" '{V}'", places.SINGLE),
    (f"cat <<'EOF'\n{V}\nEOF", places.HERE_DOCUMENT),
    (f"cat <<\"EOF\"\n{V}\nEOF", places.HERE_DOCUMENT),
    (f"cat <<\\EOF\n{V}\nEOF", places.HERE_DOCUMENT),
    (f"cat <<E\"O\"F\n{V}\nEOF", places.HERE_DOCUMENT),
    (f"cat <<A - <<'B'\nx\nA\n{V}\nB", places.HERE_DOCUMENT),
    (f"cat <<{V}\nx\nEOF", places.DELIMITER),
    (f"echo $(( {V} + 1 ))", places.ARITHMETIC),
    (f"echo \"$((1 + ({V})))\"", places.ARITHMETIC),
    (f"cat <<EOF\n$(( {V} ))\nEOF", places.ARITHMETIC),
    (f"echo $[{V}]", places.ARITHMETIC),
    (f"(( x = {V} ))", places.ARITHMETIC),
    (f"if (({V})); then :; fi", places.ARITHMETIC),
    (f"if(({V})); then :; fi", places.ARITHMETIC),
    (f"for ((i=0; i<{V}; i++)); do :; done", places.ARITHMETIC),
    (f"for((i=0; i<{V}; i++)); do :; done", places.ARITHMETIC),
    (f"let x={V}", places.LET),
    (f"let 'x = 1' \"y = {V}\"", places.LET),
    (f"a=1 builtin let x={V}", places.LET),
    (f"command -p let x={V}", places.LET),
    (f"if true; then let x={V}; fi", places.LET),
    (f"f() {{ let x={V}; }}", places.LET),
    (f"function f {{ let x={V}; }}", places.LET),
    (f"for x in a; do let y={V}; done", places.LET),
    (f"case a in b) ;; a) let x={V} ;; esac", places.LET),
    (f"x=$(let y={V})", places.LET),
    (f"true &&\nlet x={V}", places.LET),
    (f"echo ${{x:-{V}}}", places.EXPANSION),
    (f"echo \"${{x#{V}}}\"", places.EXPANSION),
    (f"echo ${{x:{V}}}", places.EXPANSION),
    (f"echo \\{V}", places.ESCAPED),
    (f"echo \"\\{V}\"", places.ESCAPED),
    (f"cat <<EOF\n\\{V}\nEOF", places.ESCAPED),
    (f"x=`echo \\`echo {V}\\``", places.BACKTICKS),
    (f"a[{V}]=1", places.SUBSCRIPT),
    (f"a[\"{V}\"]=1", places.SUBSCRIPT),
    (f"x=`echo {V}", places.OPEN),
    (f"cat <<EOF $(echo\n) {V}\nx\nEOF", places.UNSURE),
    (f"echo \"${{x:-it's}}\" {V}", places.UNSURE),
]  # fmt: skip
IN_BASH = [
    (f"[[ {V} -eq 1 ]]", places.COMPARED),
    (f"[[ 1 -lt {V} ]]", places.COMPARED),
    (f"[[ 1 -lt \"{V}\" ]]", places.COMPARED),
    (f"[[ a =~ (b) && ( 1 -ge {V} ) ]]", places.COMPARED),
    (f"[[ a == b\n|| 1 -ne \\\n {V} ]]", places.COMPARED),
    (f"[[ -v {V} ]]", places.NAMED),
    (f"[ -v {V} ]", places.NAMED),
    (f"a=([{V}]=1)", places.SUBSCRIPT),
    (f"declare -i x={V}", places.INTEGER),
    (f"declare -xi x={V}", places.INTEGER),
    (f"declare -i x\nx={V}", places.INTEGER),
    (f"local -i x=1; x+=\"{V}\"", places.INTEGER),
    (f"declare {V}=1", places.NAMED),
    (f"export \"{V}=1\"", places.NAMED),
    (f"unset {V}", places.NAMED),
    (f"declare a[{V}]=1", places.SUBSCRIPT),
    (f"x=$'it\\'{V}'", places.SINGLE),
]  # fmt: skip
IN_SH = [(f"x=$'it\\'s'; echo {V}", places.UNSURE)]
EVALUATED = [
    (f"echo $(( {V} ))", places.ARITHMETIC),
    (f"(( x = {V} )); :", places.ARITHMETIC),
    (f"let x={V}; :", places.LET),
    (f"a[{V}]=1; :", places.SUBSCRIPT),
    (f"[[ {V} -eq 1 ]]; :", places.COMPARED),
    (f"[[ -v {V} ]]; :", places.NAMED),
    (f"declare -i x={V}; :", places.INTEGER),
    (f"declare -i x; x={V}; :", places.INTEGER),
    (f"declare {V}=1; :", places.NAMED),
    (f"x=abc; echo ${{x:{V}}}; :", places.EXPANSION),
]


def place(text: str, shell: Shell) -> Place:
    found = splice((None if part.is_expression else part.text for part in split(text)), shell)
    return found.places[-1]


@pytest.mark.parametrize(("text", "expected"), IN_ANY_SHELL)
@pytest.mark.parametrize("shell", [Shell.SH, Shell.BASH], ids=lambda shell: str(shell.value))
def test_it_knows_the_place(shell: Shell, text: str, expected: Place) -> None:
    assert place(text, shell) == expected


@pytest.mark.parametrize(("text", "expected"), IN_BASH)
def test_it_knows_the_place_in_bash(text: str, expected: Place) -> None:
    assert place(text, Shell.BASH) == expected


@pytest.mark.parametrize(("text", "expected"), IN_SH)
def test_it_knows_the_place_in_sh(text: str, expected: Place) -> None:
    assert place(text, Shell.SH) == expected


@pytest.mark.parametrize(("text", "expected"), EVALUATED)
def test_it_refuses_what_bash_would_run(text: str, expected: Place, tmp_path: Path) -> None:
    if shutil.which("bash") is None:
        pytest.skip("no bash here")
    assert place(text, Shell.BASH) == expected
    program = text.replace(V, '"${V}"' if "${x:" not in text and "((" not in text else "${V}")
    subprocess.run(
        ["bash", "-c", program], env={"PATH": os.environ["PATH"], "V": "a[$(touch ran; echo 0)]"},
        cwd=tmp_path, capture_output=True, timeout=30, check=False,
    )  # fmt: skip
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"x = {V}", places.UNQUOTED),
        (f"x = {V}[0].y({V})", places.UNQUOTED),
        (f"x = '{V}'", places.IN_STRING),
        (f'x = """\n{V}\n"""', places.IN_STRING),
        (f"x = f'{{{V}}}'", places.IN_STRING),
        (f"# {V}", places.IN_COMMENT),
        (f"x{V} = 1", places.IN_NAME),
        (f"x = '\n{V}", places.NOT_PYTHON),
        (f"x = (1\n{V}", places.UNQUOTED),
        (f"_value = 1; x = {V}", places.UNQUOTED),
    ],
)
def test_it_knows_the_place_in_python(text: str, expected: Place) -> None:
    assert place(text, Shell.PYTHON) == expected


def test_it_leaves_a_script_without_values_alone() -> None:
    text = "echo 'it' \"is\" $(( 1 )) `x` \\\n<<EOF\n"
    assert splice([text], Shell.SH).text == text


def test_it_names_the_variables_in_order() -> None:
    found = splice(["echo ", None, ' "', None, '"'], Shell.SH)
    assert found.text == 'echo "${PIPEGLOT_X_0}" "${PIPEGLOT_X_1}"'


def test_it_reads_a_long_script_in_linear_time() -> None:
    """Twice the script, twice the calls."""
    import sys

    def calls(lines: int) -> int:
        count = 0

        def profile(frame: object, event: str, argument: object) -> None:
            nonlocal count
            count += event == "call"

        parts = ['case "$x" in a) echo `b` "$(c ', None, ')" ;; esac\ncat <<E\n$x ', None, "\nE\n"] * lines
        sys.setprofile(profile)
        try:
            splice(parts, Shell.BASH)
        finally:
            sys.setprofile(None)
        return count

    assert calls(400) <= 2.1 * calls(200)
