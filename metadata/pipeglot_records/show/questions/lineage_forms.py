"""`pipeglot lineage`: as a tree, as SVG, and for those who draw graphs: dot, Mermaid, JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from pipeglot.ir import Json
from pipeglot.rendering.svg import Edge, Node, svg
from pipeglot_records.queries.lineage import MOST, Content, Lineage, Work
from pipeglot_records.show.formatting import digest_text, size
from pipeglot_records.store.tables import OUTSIDE

FEW: Final = 5
"""Attempts that are listed below one content; of more it is told how many."""
DEEPEST: Final = 40


def tree(found: Lineage, run: str, *, up: bool = True, down: bool = True) -> str:
    """Of one artifact what it was made of, and what was made of it. Of several what was made of the first ones; with
    `up` alone what the last ones were made of. What was shown already is not shown again."""
    begun = found.begun
    if len(begun) > 1:
        up, down = up and not down, down
        begun = _ends(found, run, found.made, found.read) if down else _ends(found, run, found.read, found.made)
    lines: list[str] = []
    shown: set[str] = set()
    # what was made of itself, as by a copy, is at no end: it comes after all that is
    for digest in dict.fromkeys([*begun, *found.begun]):
        if digest in shown:
            continue
        lines.append(_content(found.contents[digest]))
        if up:
            lines += _below(found, digest, run, "from", found.made, found.read, shown)
        if down:
            lines += _below(found, digest, run, "to", found.read, found.made, shown)
    if found.is_cut:
        lines.append(f"more than {MOST:,} artifacts and steps hang together: the rest is left out")
    return "\n".join(lines or ["no artifacts"]) + "\n"


def _ends(found: Lineage, run: str, near: set[tuple[str, str]], far: set[tuple[str, str]]) -> list[str]:
    """Those of the run's artifacts behind which nothing of the run stands."""
    of_run = {attempt for attempt, work in found.works.items() if work.run == run}
    brought = sorted({digest for digest, attempt in found.read if attempt in of_run and _is_outside(found, digest)})
    known = dict.fromkeys([*brought, *found.begun])
    going_on = {attempt for digest, attempt in far if digest in known} & of_run
    inner = {digest for digest, attempt in near if attempt in going_on}
    return [digest for digest in known if digest not in inner] or found.begun


def _is_outside(found: Lineage, digest: str) -> bool:
    return digest in found.contents and found.contents[digest].kind == OUTSIDE


def _below(
    found: Lineage,
    begun: str,
    run: str,
    word: str,
    near: set[tuple[str, str]],
    far: set[tuple[str, str]],
    shown: set[str],
) -> Iterator[str]:
    works, contents = _by_first(near), _by_second(far)
    shown.add(begun)

    def of(digest: str, depth: int) -> Iterator[str]:
        found_here = sorted(works.get(digest, ()), key=lambda attempt: _place(found.works[attempt], run))
        # where the run itself made it, others that made the same are no part of how it came about
        own = [attempt for attempt in found_here if found.works[attempt].run == run]
        chosen = own if own and word == "from" else found_here
        for attempt in chosen[:FEW]:
            yield f"{'  ' * depth}{word} {_work(found.works[attempt], run)}"
            for other in sorted(contents.get(attempt, ())):
                again = other in shown
                yield f"{'  ' * (depth + 1)}{_content(found.contents[other])}{'  (above)' if again else ''}"
                shown.add(other)
                if not again and depth < DEEPEST:
                    yield from of(other, depth + 2)
        if left := len(found_here) - len(chosen[:FEW]):
            yield f"{'  ' * depth}{word} {left} more, elsewhere" if own else f"{'  ' * depth}{word} {left} more"

    yield from of(begun, 1)


def _by_first(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return found


def _by_second(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    return _by_first((second, first) for first, second in pairs)


def _place(work: Work, run: str) -> tuple[bool, str, str, int, str]:
    item = work.item or ""
    return work.run != run, work.run, work.step, int(item) if item.isdecimal() else -1, item


def _content(content: Content) -> str:
    words = (content.name, digest_text(content.hashes), size(content.size) if content.size is not None else "")
    return "  ".join(part for part in words if part)


def _work(work: Work, run: str) -> str:
    step = f"{work.step}[{work.item}]" if work.item is not None else work.step
    elsewhere = f" of {work.pipeline or '?'}, run {work.run[:13]} on {work.target or '?'}" if work.run != run else ""
    return step + elsewhere


def as_json(found: Lineage) -> dict[str, Json]:
    return {
        "begun": [found.contents[digest].hashes for digest in found.begun],
        "artifacts": [_artifact(content) for content in found.contents.values()],
        "attempts": [_attempt(work) for work in found.works.values()],
        "made": [_edge(found, digest, attempt) for digest, attempt in sorted(found.made)],
        "read": [_edge(found, digest, attempt) for digest, attempt in sorted(found.read)],
        "cut": found.is_cut,
    }


def _artifact(content: Content) -> Json:
    return {"name": content.name, "digest": content.hashes, "kind": content.kind, "size": content.size}


def _attempt(work: Work) -> Json:
    return {
        "attempt": work.attempt,
        "run": work.run,
        "pipeline": work.pipeline,
        "target": work.target,
        "step": work.step,
        "item": work.item,
    }


def _edge(found: Lineage, digest: str, attempt: str) -> Json:
    return {"digest": found.contents[digest].hashes, "attempt": attempt}


def dot(found: Lineage) -> str:
    """Graphviz's language: contents as boxes, attempts as ellipses, edges as data flows."""
    return _graph(
        found,
        "digraph lineage {\n  rankdir=LR;",
        lambda name, text, is_work: f'  {name} [label="{_quoted(text)}"{"" if is_work else ", shape=box"}];',
        lambda one, other: f"  {one} -> {other};",
        "}",
    )


def mermaid(found: Lineage) -> str:
    return _graph(
        found,
        "flowchart LR",
        lambda name, text, is_work: f'  {name}{"([" if is_work else "["}"{_escaped(text)}"{"])" if is_work else "]"}',
        lambda one, other: f"  {one} --> {other}",
        "",
    )


def picture(found: Lineage) -> str:
    """SVG: contents as boxes, attempts as round ones, edges as data flows."""
    numbers = {key: number for number, key in enumerate([*found.contents, *found.works])}
    nodes = [Node(_content(content)) for content in found.contents.values()]
    nodes += [Node(_work(work, ""), is_round=True) for work in found.works.values()]
    edges = [Edge(numbers[attempt], numbers[digest]) for digest, attempt in sorted(found.made)]
    edges += [Edge(numbers[digest], numbers[attempt]) for digest, attempt in sorted(found.read)]
    return svg(nodes, edges, right=True)


def _graph(
    found: Lineage,
    head: str,
    node: Callable[[str, str, bool], str],
    edge: Callable[[str, str], str],
    foot: str,
) -> str:
    names = {key: f"n{number}" for number, key in enumerate([*found.contents, *found.works])}
    lines = [head]
    lines += [node(names[digest], _content(content), False) for digest, content in found.contents.items()]
    lines += [node(names[attempt], _work(work, ""), True) for attempt, work in found.works.items()]
    lines += [edge(names[attempt], names[digest]) for digest, attempt in sorted(found.made)]
    lines += [edge(names[digest], names[attempt]) for digest, attempt in sorted(found.read)]
    return "\n".join([*lines, *([foot] if foot else [])]) + "\n"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace("#", "&#35;")


FORMS: Final[Mapping[str, Callable[[Lineage], str]]] = {"dot": dot, "mermaid": mermaid, "svg": picture}
