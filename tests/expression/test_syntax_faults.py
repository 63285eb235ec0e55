"""What is said of text that is no expression: the place, the reason, and a hint where one mends it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeglot_expression.syntax import parse, template
from pipeglot_expression.tokens import SyntaxFault

CONTEXTS = "`params`, `steps`, `inputs`, `outputs`, `item`, `index`, `matrix`, `run`, `pipeline`"
FUNCTIONS = "`default`, `first_of`, `length`, `join`, `json`, `args`"
NO_NULL = "there is no null in expressions: a value is there or absent, which `default` and `first_of` ask"
NO_ARITHMETIC = "there is no arithmetic in expressions"


@pytest.mark.parametrize(
    ("text", "marked", "message", "hint"),
    [
        ("item && index", "&&", "`&&` is no operator of expressions", "write `and`"),
        ("item || index", "||", "`||` is no operator of expressions", "write `or`"),
        ("!item", "!", "`!` is no operator of expressions", "write `not`"),
        ("item = 1", "=", "`=` is no operator of expressions", "write `==`"),
        ("item === 1", "===", "`===` is no operator of expressions", "write `==`"),
        ("item <> 1", "<>", "`<>` is no operator of expressions", "write `!=`"),
        ("item AND index", "AND", "`AND` is written in lower case", "write `and`"),
        ("item == null", "null", NO_NULL, None),
        ("None", "None", NO_NULL, None),
        ("True", "True", "`True` is written in lower case", "write `true`"),
        ("item + 1", "+", NO_ARITHMETIC, None),
        ("index * 2", "*", NO_ARITHMETIC, None),
        ("index -1", "-1", NO_ARITHMETIC, None),
        ("index - 1", "-", NO_ARITHMETIC, None),
        ("5-3", "-3", NO_ARITHMETIC, None),
        ("index-1", "index-1", f"`index-1` is one name, for `-` belongs to names: {NO_ARITHMETIC}", None),
        (
            "1 < item <= 3",
            "<=",
            "comparisons do not chain: one is complete here",
            "write `1 < item and item <= …`",
        ),
        (
            "item in [1] in [2]",
            "in",
            "comparisons do not chain: one is complete here",
            "write `item in [1] and [1] in …`",
        ),
        ("item not in [1]", "not", "`not` stands before the whole comparison", "write `not item in …`"),
        ("item == not true", "not", "`not` cannot follow `==`", "put `not …` in parentheses"),
        ("item is 1", "is", "there is no `is` in expressions", "write `==`"),
        ("1 if item else 2", "if", "there is no `if` in expressions: a step's `when` chooses", None),
        ("item ? 1 : 2", "?", "there is no choice by `? :` in expressions", None),
        ("item ?? 1", "??", "there is no `??` in expressions", "write `default(…, …)`"),
        ("item | length", "|", "there are no filters in expressions", None),
        ("{'a': 1}", "{", "dicts cannot be written in expressions", None),
        ("item[1:2]", ":", "a `:` has no meaning in expressions: there are neither slices nor dicts", None),
        ("$item", "$", "`$` has no meaning inside `${{ }}`, where names are written bare", None),
        ("item;", ";", "`;` has no meaning in expressions", None),
        ("item\u00a01", "\u00a0", "the character U+00A0 has no meaning in expressions", None),
        ("“a”", "“", "text stands in `'…'` or `\"…\"`", None),
        ("'abc", "'", "this quote has no second one", None),
        (
            r'"\q"',
            r'\q"',
            "this is no JSON string: a `\\` or a control character stands in it that JSON does not know",
            None,
        ),
        (r'"\ud800"', r'"\ud800"', "the text holds half a surrogate pair, which cannot be handed on", None),
        ("01", "01", "`01` is no number: a number does not begin with 0", None),
        ("1_000", "1_000", "`1_000` is no number: numbers are written as in JSON", None),
        ("0x1f", "0x1f", "`0x1f` is no number: numbers are written as in JSON", None),
        ("1e999", "1e999", "`1e999` is too large for a float", None),
        ("9223372036854775808", "9223372036854775808", "`9223372036854775808` is beyond the 64 bits of an int", None),
        ("lenght(item)", "lenght", f"`lenght` is no function: there are {FUNCTIONS}", "did you mean `length`?"),
        ("len(item)", "len", f"`len` is no function: there are {FUNCTIONS}", "did you mean `length`?"),
        ("explode(item)", "explode", f"`explode` is no function: there are {FUNCTIONS}", None),
        ("length(item, 1)", "length(item, 1)", "`length` takes 1 argument, and here are 2", None),
        ("default(item)", "default(item)", "`default` takes 2 arguments, and here are 1", None),
        ("first_of()", "first_of()", "`first_of` takes 2 or more arguments, and here are 0", None),
        ("length", "length", "`length` is a function, which is called: `length(…)`", None),
        (
            "item.get('x')",
            "(",
            "what stands before `(` is no function: there are default, first_of, length, join, json, args",
            None,
        ),
        (
            "param.x",
            "param",
            f"`param` is nothing that expressions read: there are {CONTEXTS}",
            "did you mean `params`?",
        ),
        (
            "tasks.x",
            "tasks",
            f"`tasks` is nothing that expressions read: there are {CONTEXTS}",
            "did you mean `steps`?",
        ),
        ("frobnicate", "frobnicate", f"`frobnicate` is nothing that expressions read: there are {CONTEXTS}", None),
        (
            "secrets.x",
            "secrets",
            "expressions do not read secrets: `env` hands them on, `{secret: NAME, key: KEY}`",
            None,
        ),
        ("env.HOME", "env", "expressions do not read the environment", None),
        ("params", "params", "`params` alone is no value: read `params.NAME`", None),
        ("params[item]", "params", "`params` alone is no value: read `params.NAME`", None),
        ("steps", "steps", "`steps` alone is no value: read `steps.ID.outputs.NAME`", None),
        (
            "steps.a == 1",
            "steps.a",
            "`steps.a` alone is no value: read `steps.a.outputs.NAME`, `steps.a.status` or `steps.a.indices`",
            None,
        ),
        (
            "steps.a.outputs",
            "steps.a.outputs",
            "`steps.a.outputs` alone is no value: read `steps.a.outputs.NAME`",
            None,
        ),
        (
            "steps.a.raw",
            "raw",
            "`steps.a` has `outputs`, `status`, `indices`, but no `raw`",
            "did you mean `steps.a.outputs.raw`?",
        ),
        (
            "steps.a.output.raw",
            "output",
            "`steps.a` has `outputs`, `status`, `indices`, but no `output`",
            "did you mean `steps.a.outputs`?",
        ),
        ("pipeline", "pipeline", "`pipeline` alone is no value: read `pipeline.name`", None),
        (
            "run.stat",
            "stat",
            "`run` has `id`, `scheduled_time`, `attempt`, `status`, `failed_steps`, but no `stat`",
            "did you mean `run.status`?",
        ),
        ("item.0", "0", "a name is wanted after `.`", "write `item[0]`"),
        ("item.", ".", "the expression ends where a name is wanted", None),
        ("item ==", "=", "the expression ends where a value is wanted", None),
        ("item or or index", "or", "`or` stands where a value is wanted", None),
        ("[1 2]", "2", "`2` stands where `,` or `]` is wanted", None),
        ("[1, 2", "2", "the expression ends where `,` or `]` is wanted", None),
        ("[1,]", "]", "`]` stands where a value is wanted", None),
        ("(item", "m", "the expression ends where `)` is wanted", None),
        ("item)", ")", "`)` follows a complete expression", None),
        ("item index", "index", "`index` follows a complete expression", None),
        ("item 'x'", "'x'", "`'x'` follows a complete expression", None),
        ("item, index", ",", "`,` follows a complete expression", None),
    ],
)
def test_it_says_what_is_wrong(text: str, marked: str, message: str, hint: str | None) -> None:
    with pytest.raises(SyntaxFault) as caught:
        parse(text)
    fault = caught.value
    assert (fault.message, fault.hint) == (message, hint)
    assert text[fault.start : fault.end] == marked


@pytest.mark.parametrize("text", ["", "   ", "item ="])
def test_it_marks_a_place_inside_the_text(text: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        parse(text)
    assert 0 <= caught.value.start <= caught.value.end <= len(text)


WORDS = st.lists(
    st.sampled_from(
        ["${{", "}}", "$${{", "params.a", "item", "steps.", ".", "[", "]", "(", ")", ",", "'", '"', "\\", "not", "and",
         "or", "in", "==", "<", "=", "1", "-1", "01", "1.5e", "default", "args", "null", "é", "😀", "$", "{", "}"]
    ),
    max_size=12,
)  # fmt: skip


def place(scalar: str) -> tuple[int, int]:
    try:
        return template(scalar)[1].at(())
    except SyntaxFault as fault:
        return fault.start, fault.end


@given(st.one_of(st.text(max_size=30), WORDS.map(" ".join), WORDS.map("".join)), st.booleans())
def test_it_answers_any_text_with_a_tree_or_a_fault_in_its_place(text: str, wrapped: bool) -> None:
    scalar = f"${{{{ {text} }}}}" if wrapped else text
    start, end = place(scalar)
    assert 0 <= start <= end <= len(scalar)
