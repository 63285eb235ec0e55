"""One mistake is one report, at its place, with the spelling that was meant; words of other tools lead to ours."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import pytest

from pipeglot.diagnostics import SpecRejected, hinted
from pipeglot.diagnostics.origins import Span
from pipeglot.driver.compiling import validate
from pipeglot.rendering.locator import Locator

Said: TypeAlias = "tuple[str, str, str, str | None]"
"""Code, message, the text that is marked, and the hint."""
HEAD = "apiVersion: pipeglot/v1\nkind: Pipeline\nmetadata: {name: x}\n"
STEP = "steps: {a: {run: [x]}}\n"


def said(text: str, folder: Path, targets: bool = False) -> list[Said]:
    path = folder / "pipeline.yaml"
    path.write_text(text, "utf-8")
    try:
        found = validate(path, targets)
        diagnostics, sources = found.diagnostics, found.sources
    except SpecRejected as rejected:
        diagnostics, sources = rejected.diagnostics, rejected.sources
    told: list[Said] = []
    for each in hinted(diagnostics):
        assert each.origin is not None
        source = next(source for source in sources if source.name == each.origin.source)
        span = Locator(source).span(each.origin, key=each.key, offset=each.offset)
        assert isinstance(span, Span)
        told.append((each.code, each.message, source.text[span.start : span.end], each.hint))
    return told


@pytest.mark.parametrize(
    ("text", "marked", "meant"),
    [
        (HEAD.replace("metadata", "metdata") + STEP, "metdata", "metadata"),
        (HEAD.replace("name", "nmae") + STEP, "nmae", "name"),
        (HEAD.replace("kind: Pipeline", "knd: Component") + STEP, "knd", "kind"),
        (HEAD.replace("apiVersion", "apiversion") + STEP, "apiversion", "apiVersion"),
        (HEAD + "stpes: {a: {run: [x]}}\n", "stpes", "steps"),
        (HEAD + "jobs: {a: {run: [x]}}\n", "jobs", "steps"),
        (HEAD + "parms: {p: {type: int}}\nsteps: {a: {run: ['${{ params.p }}']}}\n", "parms", "params"),
        (HEAD + "params: {p: {tpye: int}}\nsteps: {a: {run: ['${{ params.p }}']}}\n", "tpye", "type"),
        *(
            (f"{HEAD}steps: {{a: {{run: [x], {field}}}}}\n", marked, meant)
            for field, marked, meant in (
                ("retry: {limt: 3}", "limt", "limit"),
                ("resources: {gpu: {cont: 1}}", "cont", "count"),
                ("env: {A: {secret: s, kye: k}}", "kye", "key"),
                ("outputs: {m: {artefact: model}}", "artefact", "artifact"),
                ("outputs: {m: {tpye: int}}", "tpye", "type"),
                ("inputs: {i: {type: int, valeu: 1}}", "valeu", "value"),
                ("foreach: {itmes: [1]}", "itmes", "items"),
                ("kubernetes: {volumes: [{muont_path: /x, emptyDir: {}}]}", "muont_path", "mount_path"),
            )
        ),
        (f"{HEAD.replace('Pipeline', 'Component')}stpes: {{a: {{run: [x]}}}}\n", "stpes", "steps"),
        (f"{HEAD.replace('Pipeline', 'Component')}inputs: {{a: {{tpye: int}}}}\nrun: [x]\n", "tpye", "type"),
        (
            f"{HEAD.replace('Pipeline', 'Component')}run: [x]\noutputs: {{a: {{artefact: model}}}}\n",
            "artefact",
            "artifact",
        ),
    ],
)
def test_it_tells_a_misspelt_field_once(text: str, marked: str, meant: str, tmp_path: Path) -> None:
    assert [(each[0], *each[2:]) for each in said(text, tmp_path)] == [("PG210", marked, f"did you mean `{meant}`?")]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        *((f"{word}: [b]", "did you mean `needs`?") for word in ("depends_on", "dependencies", "dependsOn", "deps")),
        *((f"{word}: [x]", "did you mean `run`?") for word in ("command", "script", "args", "cmd", "entrypoint")),
        ("container: x", "did you mean `image`?"),
        ("if: x", "did you mean `when`?"),
        ("if: always()", "write `run_if: always`"),
        ("if: '${{ failure() }}'", "write `run_if: failure`"),
        ("loop: [1]", "write `foreach: {items: [1]}`"),
        ("with_items: [1, 2]", "write `foreach: {items: [1, 2]}`"),
        ("withParam: '${{ params.l }}'", 'write `foreach: {items: "${{ params.l }}"}`'),
        ("retries: 3", "write `retry: {limit: 3}`"),
        ("environment: {A: b}", "did you mean `env`?"),
        ("outs: {}", "did you mean `outputs`?"),
    ],
)
def test_it_knows_the_words_of_other_tools(word: str, hint: str, tmp_path: Path) -> None:
    run = "" if "`run`" in hint else "run: [x], "
    body = f"steps: {{b: {{run: [x]}}, a: {{{run}{word}}}}}\n"
    assert [(each[0], each[3]) for each in said(HEAD + body, tmp_path)] == [("PG210", hint)]


def test_it_means_no_field_that_is_there(tmp_path: Path) -> None:
    for word in ("command: [y]", "runn: [y]", "env_vars: {A: b}"):
        spec = f"{HEAD}steps: {{a: {{run: [x], env: {{C: d}}, {word}}}}}\n"
        assert [(each[0], each[3]) for each in said(spec, tmp_path)] == [("PG210", None)]


TYPES = {"str": "string", "integer": "int", "number": "float", "array": "list", "object": "dict", "boolean": "bool"}


@pytest.mark.parametrize("word", TYPES)
def test_it_knows_the_types_of_other_tools(word: str, tmp_path: Path) -> None:
    (found,) = said(f"{HEAD}params: {{p: {{type: {word}}}}}\n{STEP}", tmp_path)
    assert (found[0], *found[2:]) == ("PG317", word, f"did you mean `{TYPES[word]}`?")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("{{ params.x }}", "write `${{ params.x }}`"),
        ("{{ds}}", "write `${{ default(run.scheduled_time, '') }}`"),
        ("{{inputs.parameters.i}}", "write `${{ inputs.i }}`"),
        ("{{workflow.uid}}", "write `${{ run.id }}`"),
        ("{{workflow.parameters.x}}", "write `${{ params.x }}`"),
        ("$(params.x)", "write `${{ params.x }}`"),
        ("${params.x}", "write `${{ params.x }}`"),
        ("{{ params.other }}", None),
        ("{{item}}", None),
    ],
)
def test_it_warns_of_templates_of_other_engines(text: str, hint: str | None, tmp_path: Path) -> None:
    params = "params: {x: {type: string, default: a}}\n"
    spec = f"{HEAD}{params}steps: {{a: {{run: [x, 'b {text} c'], inputs: {{i: 1}}}}}}\n"
    assert [(each[0], *each[2:]) for each in said(spec, tmp_path)] == [("PG337", text, hint)]
    if hint:
        followed = hint.removeprefix("write `").removesuffix("`").replace("'", "''")
        assert said(spec.replace(text, followed), tmp_path) == []


@pytest.mark.parametrize(
    "text", ["{{ .Values.x }}", "{{ foo }}", "$(date)", "${HOME}", "${{ params.x }}", "$${{ params.x }}"]
)
def test_it_leaves_other_braces_alone(text: str, tmp_path: Path) -> None:
    spec = f"{HEAD}params: {{x: {{type: string, default: a}}}}\nsteps: {{a: {{run: [x, '{text}']}}}}\n"
    assert said(spec, tmp_path) == []


@pytest.mark.parametrize(
    ("field", "code", "marked"),
    [
        ("with: {a: b}", "PG305", "with"),
        ("inputs: {i: {type: int, artifact: file, value: 1}}", "PG319", "artifact"),
        ("when: false", "PG307", "false"),
        ("matrix: {m: '${{ pipeline.name }}'}", "PG307", "pipeline.name"),
        ("image: 'python:latest '", "PG338", "'python:latest '"),
        ("image: '${IMG}'", "PG338", "'${IMG}'"),
        ("image: https://x.io/app:1", "PG338", "https://x.io/app:1"),
        ("image: Acme/app:1", None, ""),
        ("image: acme/App:1", "PG338", "acme/App:1"),
        ("image: localhost:5000/a/b_c:V1@sha256:" + "a" * 64, None, ""),
    ],
)
def test_it_places_what_a_step_cannot_have(field: str, code: str | None, marked: str, tmp_path: Path) -> None:
    found = said(f"{HEAD}steps: {{a: {{run: [x], {field}}}}}\n", tmp_path)
    assert [(each[0], each[2]) for each in found] == ([(code, marked)] if code else [])


def test_it_leads_a_condition_without_braces_to_one_with_them(tmp_path: Path) -> None:
    spec = f"{HEAD}params: {{go: {{type: bool, default: true}}}}\nsteps: {{a: {{run: [x], when: 'params.go'}}}}\n"
    assert said(spec, tmp_path)[0][3] == "write `${{ params.go }}`"
    assert said(spec.replace("params.go", "${{ params.go }}"), tmp_path) == []


@pytest.mark.parametrize(
    ("param", "marked", "hint"),
    [
        ("{type: string, default: 1.10}", "1.10", "put quotes around it"),
        ("{type: string, enum: [a, 0x10]}", "0x10", "put quotes around it"),
        ("{type: list, items: string, default: [a, True]}", "True", "put quotes around it"),
        ("{type: list, items: int, default: [1, x, 3]}", "x", None),
        ("{type: string, enum: [a, b, a]}", "a", None),
    ],
)
def test_it_says_what_was_written_as_it_was_written(param: str, marked: str, hint: str | None, tmp_path: Path) -> None:
    ((code, message, shown, told),) = said(f"{HEAD}params: {{p: {param}}}\n{STEP}", tmp_path)
    assert (code, shown, told) == ("PG312", marked, hint)
    if marked in ("1.10", "0x10"):
        assert f"`{marked}`" in message


def test_it_tells_every_wrong_expression_of_a_text(tmp_path: Path) -> None:
    found = said(f"{HEAD}steps: {{a: {{run: 'echo ${{{{ 1 + 1 }}}} ${{{{ foo }}}} ${{{{ }}}}'}}}}\n", tmp_path)
    assert [each[0] for each in found] == ["PG306"] * 3
    assert len({each[2] for each in found}) == 3


@pytest.mark.parametrize(
    ("profile", "marked"),
    [
        ("argo: {namespace: My_NS}", "My_NS"),
        ("argo: {server: nowhere}", "nowhere"),
        ("argo: {colour: red}", "colour"),
        ("airflow: {url: 'ftp://x'}", "'ftp://x'"),
        ("airflow: {pool: ' a'}", "' a'"),
        ("airflow: {operator: bsh}", "bsh"),
        ("airflow: {operator: kubernetes, claim: A_b}", "A_b"),
        ("kubeflow: {host: x}", "x"),
        ("kubeflow: {pipeline_root: nowhere}", "nowhere"),
        ("vertex: {project: X}", "X"),
        ("vertex: {region: eu}", "eu"),
        ("vertex: {bucket: 's3://x'}", "'s3://x'"),
        ("local: {jobs: 0}", "0"),
    ],
)
def test_it_holds_settings_to_what_they_name(profile: str, marked: str, tmp_path: Path) -> None:
    found = said(f"{HEAD}{STEP}profiles: {{p: {{{profile}}}}}\n", tmp_path)
    assert [(each[0], each[2]) for each in found] == [("PG430", marked)]


PROFILE = "profiles: {p: {target: argo}}\n"


def test_it_warns_of_what_the_target_of_a_profile_refuses(tmp_path: Path) -> None:
    spec = f"{HEAD}steps: {{a: {{run: [x]}}, b: {{run: [x]}}, c: {{run: [x]}}}}\n{PROFILE}"
    path = tmp_path / "pipeline.yaml"
    path.write_text(spec, "utf-8")
    (found,) = validate(path).diagnostics
    assert (found.code, found.severity.value) == ("PG401", "warning")
    assert found.message.endswith(": steps `a`, `b`, `c`")
    with pytest.raises(SpecRejected):
        validate(path, targets=True)


def test_it_places_a_refused_annotation_at_its_key(tmp_path: Path) -> None:
    spec = (
        f"{HEAD}steps: {{a: {{run: [x], image: y, kubernetes: {{annotations: {{a: ok, b: '{{{{x}}}}'}}}}}}}}\n{PROFILE}"
    )
    assert [(each[0], each[2]) for each in said(spec, tmp_path)] == [("PG401", "'{{x}}'")]


@pytest.mark.parametrize("name", ["/etc/passwd", "/etc/x.yaml", "../../x.yaml", "./notes.txt"])
def test_it_reads_no_component_from_elsewhere(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("secret: [", "utf-8")
    ((code, message, marked, _),) = said(f"{HEAD}steps: {{a: {{uses: {name}}}}}\n", tmp_path)
    assert (code, marked) == ("PG214", name)
    assert message.startswith(f"`{name}` cannot be used: ")


def test_it_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("secret: [", "utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "c.yaml").symlink_to(tmp_path / "outside.yaml")
    assert [each[0] for each in said(f"{HEAD}steps: {{a: {{uses: ./c.yaml}}}}\n", inside)] == ["PG214"]


def test_it_says_who_uses_a_file_that_is_no_yaml(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("a: [1\n", "utf-8")
    path = tmp_path / "pipeline.yaml"
    path.write_text(f"{HEAD}steps: {{a: {{uses: ./c.yaml}}}}\n", "utf-8")
    with pytest.raises(SpecRejected) as rejected:
        validate(path)
    (found,) = rejected.value.diagnostics
    assert [label for _, label in found.evidence] == ["it is used here"]


def test_it_calls_a_component_by_itself_the_component(tmp_path: Path) -> None:
    head = HEAD.replace("Pipeline", "Component")
    spec = f"{head}outputs: {{o: {{type: int, value: '${{{{ steps.b.outputs.x }}}}'}}}}\n{STEP}"
    assert [each[1] for each in said(spec, tmp_path)] == ["the component has no step `b`"]
    (found,) = said(f"{head}run: [x]\n{STEP}", tmp_path)
    assert found[:3] == ("PG305", "the component has `run` and `steps`: it is one step, or steps of its own", "run")


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("churn.train:fit", ""),
        ("sklearn.svm:fit", ""),
        ("churn.train:fti", "did you mean `churn.train:fit`?"),
        ("churn.trian:fit", "did you mean `churn.train:fit`?"),
        ("chrun.train:fit", "did you mean `churn.train:fit`?"),
        ("churn.open:anything", ""),
    ],
)
def test_it_looks_for_code_that_lies_beside_the_file(body: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "churn").mkdir()
    (tmp_path / "churn" / "__init__.py").touch()
    (tmp_path / "churn" / "train.py").write_text("def fit(): ...\n", "utf-8")
    (tmp_path / "churn" / "open.py").write_text("from elsewhere import *\n", "utf-8")
    found = said(f"{HEAD}steps: {{a: {{python: '{body}'}}}}\n", tmp_path)
    assert [(each[0], *each[2:]) for each in found] == ([("PG216", f"'{body}'", hint)] if hint else [])


@pytest.mark.parametrize(
    ("step", "said_of"),
    [
        ("{notebook: work/explore.ipynb}", []),
        ("{notebook: work/explor.ipynb}", ["did you mean `work/explore.ipynb`?"]),
        ("{notebook: work/summary_of_all.ipynb}", [None]),
        ("{notebook: app/report.ipynb}", []),
        ("{notebook: explore.ipynb, code: {source: work}}", []),
        ("{notebook: work/explore.ipynb, code: {source: work}}", [None]),
    ],
)
def test_it_looks_for_notebooks_that_lie_beside_the_file(step: str, said_of: list[str | None], tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "explore.ipynb").write_text("{}", "utf-8")
    found = said(f"{HEAD}steps: {{a: {step}}}\n", tmp_path)
    assert [(each[0], each[3]) for each in found] == [("PG216", hint) for hint in said_of]


def test_it_offers_no_name_that_was_refused_where_it_stands(tmp_path: Path) -> None:
    params = "params: {'max bad': {type: int, default: 1}}"
    found = said(f"{HEAD}{params}\nsteps: {{a: {{run: [x, '${{{{ params.max_bad }}}}']}}}}\n", tmp_path)
    assert [(each[0], each[3]) for each in found] == [("PG201", "write `max_bad`"), ("PG203", None)]


ZONES = {"CET": "Europe/Brussels", "US/Pacific": "America/Los_Angeles", "Asia/Calcutta": "Asia/Kolkata", "Zulu": "UTC"}


@pytest.mark.parametrize("zone", [*ZONES, "UTC", "Europe/Berlin", "Europe/Amsterdam", "Etc/GMT+5"])
def test_it_warns_of_old_names_of_zones(zone: str, tmp_path: Path) -> None:
    found = said(f"{HEAD}{STEP}schedule: {{cron: 0 6 * * 1, timezone: {zone}}}\n", tmp_path)
    wanted = [("PG339", zone, f"write `{ZONES[zone]}`")] if zone in ZONES else []
    assert [(each[0], *each[2:]) for each in found] == wanted


def test_it_counts_a_field_that_is_unknown_in_every_step(tmp_path: Path) -> None:
    steps = "".join(f"  s{i}: {{run: [x], colour: red}}\n" for i in range(100))
    ((_, message, _, _),) = said(f"{HEAD}steps:\n{steps}", tmp_path)
    assert message == "step `s0` has no field `colour`, and so it is in 99 other places"


def test_it_counts_very_many_unknown_fields_of_one_map(tmp_path: Path) -> None:
    fields = ", ".join(f"k{i}: 1" for i in range(1000))
    ((_, message, _, _),) = said(f"{HEAD}steps: {{a: {{run: [x], {fields}}}}}\n", tmp_path)
    assert message == "step `a` has no field `k0`, nor 999 others that stand beside it"


def test_it_tells_a_number_as_its_author_spelled_it(tmp_path: Path) -> None:
    component = "components: {c: {inputs: {t: {type: string}}, run: [x, '${{ inputs.t }}']}}\n"
    used = "steps: {a: {uses: c, with: {t: 0x7f}}, b: {inputs: {n: {type: int, value: 1.50}}, run: [x]}}\n"
    used = used.replace(
        "b:", 'c: {inputs: {e: {type: int, value: ["${{ index }}"]}}, foreach: {items: [1]}, run: [x]}, b:'
    )
    assert [each[1] for each in said(HEAD + component + used, tmp_path)] == [
        "input `t` is a string, and `0x7f` is an int",
        "input `e` is an int, and `[index]` is a list[int]",
        "input `n` is an int, and `1.50` is a float",
    ]


def test_it_puts_no_number_where_a_map_belongs(tmp_path: Path) -> None:
    text = "apiVersion: pipeglot/v1\nkind: Pipeline\nlabels: 0\nsteps: {a: {run: [x]}}\n"
    hints = [each[3] for each in said(text, tmp_path) if each[0] == "PG210"]
    assert hints == ["write `metadata: {labels: {…}}`"]
