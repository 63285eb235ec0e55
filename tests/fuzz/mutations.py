"""One text to another that is broken in a few places: as a tree, as expressions, and as bytes."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from tests.fuzz.hostile import KEYS, SCALARS, expression, templated, typo
from tests.fuzz.profiles import renamed, with_profile
from tests.fuzz.trees import Map, Node, Scalar, Seq, copied, inner, read, written

Change: TypeAlias = Callable[[Random, Node, list[str]], None]
_TEMPLATE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)


def mutated(text: str, others: list[str], random: Random) -> bytes:
    """The same for the same random numbers. `others` lend their parts."""
    tree = read(text)
    if tree is None or random.random() < 0.12:
        return _bytes(text, random)
    names = sorted({key for each in inner(tree) if isinstance(each, Map) for key, _ in each.pairs})
    for _ in range(random.choice((1, 1, 1, 1, 1, 2, 2, 3, 6))):
        if random.random() < 0.1:
            _graft(random, tree, read(random.choice(others)))
        else:
            random.choice(_CHANGES)(random, tree, names)
    made = written(tree, random)
    return _bytes(made, random) if random.random() < 0.04 else made.encode("utf-8", "surrogatepass")


def _maps(tree: Node) -> list[Map]:
    return [each for each in inner(tree) if isinstance(each, Map) and each.pairs]


def _some_pair(random: Random, tree: Node) -> tuple[Map, int]:
    """Of all keys, each as likely as any other."""
    maps = _maps(tree)
    if not maps:
        return Map([("a", Scalar("b"))]), 0
    chosen = random.choices(maps, [len(each.pairs) for each in maps])[0]
    return chosen, random.randrange(len(chosen.pairs))


def _drop(random: Random, tree: Node, names: list[str]) -> None:
    owner, at = _some_pair(random, tree)
    del owner.pairs[at]


def _double(random: Random, tree: Node, names: list[str]) -> None:
    owner, at = _some_pair(random, tree)
    key, value = owner.pairs[at]
    owner.pairs.insert(
        random.randint(0, len(owner.pairs)), (random.choice((key, key + "2", f'"{key}"')), copied(value))
    )


def _rename(random: Random, tree: Node, names: list[str]) -> None:
    owner, at = _some_pair(random, tree)
    key, value = owner.pairs[at]
    owner.pairs[at] = (
        random.choice((typo(random, key), typo(random, key), random.choice(KEYS), random.choice(names))),
        value,
    )


def _swap(random: Random, tree: Node, names: list[str]) -> None:
    """Values, the keys stay."""
    (one, i), (two, j) = _some_pair(random, tree), _some_pair(random, tree)
    if _apart(one.pairs[i][1], two.pairs[j][1]):
        (key, value), (other, given) = one.pairs[i], two.pairs[j]
        one.pairs[i] = (key, copied(given))
        two.pairs[j] = (other, copied(value))


def _apart(one: Node, two: Node) -> bool:
    return all(each is not two for each in inner(one)) and all(each is not one for each in inner(two))


def _move(random: Random, tree: Node, names: list[str]) -> None:
    """A part with its key to another place, or a copy of it."""
    (source, i), target = _some_pair(random, tree), random.choice(_maps(tree) or [Map([])])
    pair = (source.pairs[i][0], copied(source.pairs[i][1]))
    if random.random() < 0.5:
        del source.pairs[i]
    target.pairs.insert(random.randint(0, len(target.pairs)), pair)


def _graft(random: Random, tree: Node, other: Node | None) -> None:
    """A part of another text."""
    if other is None:
        return
    (source, i), target = _some_pair(random, other), random.choice(_maps(tree) or [Map([])])
    key, value = source.pairs[i]
    at = next((at for at, (held, _) in enumerate(target.pairs) if held == key), None)
    if at is None:
        target.pairs.append((key, value))
    else:
        target.pairs[at] = (key, value)


def _spoil(random: Random, tree: Node, names: list[str]) -> None:
    """A value that is hostile."""
    owner, at = _some_pair(random, tree)
    owner.pairs[at] = (owner.pairs[at][0], _hostile(random, names))


def _hostile(random: Random, names: list[str]) -> Scalar:
    if random.random() < 0.25:
        return Scalar(templated(random, names))
    return Scalar(random.choice(names) if random.random() < 0.15 else random.choice(SCALARS))


def _spoil_scalar(random: Random, tree: Node, names: list[str]) -> None:
    scalars = [each for each in inner(tree) if isinstance(each, Scalar)]
    if scalars:
        random.choice(scalars).raw = _hostile(random, names).raw


def _spoil_expression(random: Random, tree: Node, names: list[str]) -> None:
    scalars = [each for each in inner(tree) if isinstance(each, Scalar) and "${{" in each.raw]
    if not scalars:
        return _spoil_scalar(random, tree, names)
    chosen = random.choice(scalars)
    chosen.raw = _TEMPLATE.sub(lambda found: _other_expression(found[1], random, names), chosen.raw, count=1)
    return None


def _other_expression(held: str, random: Random, names: list[str]) -> str:
    words = re.findall(r"\w+|\W", held)
    at = random.randrange(len(words)) if words else 0
    kind = random.randrange(4)
    if kind == 0 or not words:
        return "${{ " + expression(random, names).replace('"', "'") + " }}"
    if kind == 1:
        words[at] = random.choice(names)
    elif kind == 2:
        del words[at]
    else:
        words.insert(at, random.choice("().[]!&|<>=+'? \t") if random.random() < 0.7 else words[at])
    return "${{" + "".join(words) + "}}"


def _add(random: Random, tree: Node, names: list[str]) -> None:
    owner = random.choice(_maps(tree) or [Map([])])
    owner.pairs.append((random.choice(KEYS), _hostile(random, names)))


def _wrap(random: Random, tree: Node, names: list[str]) -> None:
    """Another type: what was a value is now inside a list or a map, once or very often."""
    owner, at = _some_pair(random, tree)
    key, value = owner.pairs[at]
    for _ in range(random.choice((1, 1, 2, 3, 20, 150))):
        value = Seq([value]) if random.random() < 0.5 else Map([(random.choice((*names, "a")), value)])
    owner.pairs[at] = (key, value)


def _unwrap(random: Random, tree: Node, names: list[str]) -> None:
    owner, at = _some_pair(random, tree)
    key, value = owner.pairs[at]
    if isinstance(value, Map) and value.pairs:
        given = random.choice(value.pairs)[1] if random.random() < 0.5 else Seq([each for _, each in value.pairs])
        owner.pairs[at] = (key, given)
    elif isinstance(value, Seq) and value.items:
        owner.pairs[at] = (key, random.choice(value.items))
    else:
        owner.pairs[at] = (key, Scalar('""'))


def _anchor(random: Random, tree: Node, names: list[str]) -> None:
    (one, i), (two, j) = _some_pair(random, tree), _some_pair(random, tree)
    held = one.pairs[i][1]
    if isinstance(held, Map):
        held.prefix = "&a "
    elif isinstance(held, Scalar):
        held.raw = f"&a {held.raw}"
    two.pairs[j] = (two.pairs[j][0] if random.random() < 0.7 else "<<", Scalar("*a"))


def _shuffle(random: Random, tree: Node, names: list[str]) -> None:
    chosen = random.choice(_maps(tree) or [Map([])])
    random.shuffle(chosen.pairs)


def _item(random: Random, tree: Node, names: list[str]) -> None:
    """A list with one item more, less or other."""
    lists = [each for each in inner(tree) if isinstance(each, Seq)]
    if not lists:
        return
    chosen = random.choice(lists)
    at = random.randint(0, len(chosen.items))
    if chosen.items and random.random() < 0.4:
        del chosen.items[at - 1]
    else:
        chosen.items.insert(
            at,
            copied(random.choice(chosen.items)) if chosen.items and random.random() < 0.3 else _hostile(random, names),
        )


_CHANGES: tuple[Change, ...] = (
    _drop, _double, _rename, _rename, _swap, _move, _spoil, _spoil_scalar, _spoil_scalar, _spoil_scalar,
    _spoil_expression, _spoil_expression, _add, _wrap, _unwrap, _anchor, _shuffle, _item, with_profile, renamed,
)  # fmt: skip


_PIECES = (
    b"\t", b"\r\n", b"\r", b"\xef\xbb\xbf", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\n", b"  ",
    b":", b": ", b"- ", b"'", b'"', b"{", b"}", b"[", b"]", b"#", b"&a ", b"*a", b"---\n",
    b"...\n", b"%YAML 1.1\n", b"? ", b"| ", b">\n", b"\\", b"\xc2\x85", b"\xc2\xa0", b"\x7f", b"\x1b[0m", b"${{ ",
    b" }}", b"!", b"!!str ",
)  # fmt: skip


def _bytes(text: str, random: Random) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    for _ in range(random.choice((1, 1, 1, 2, 4, 10))):
        at = random.randint(0, len(raw))
        raw = random.choice(_BYTE_CHANGES)(raw, at, random)
    return raw


_BYTE_CHANGES: tuple[Callable[[bytes, int, Random], bytes], ...] = (
    lambda raw, at, random: raw[:at] + raw[at + random.choice((1, 1, 2, 8)) :],
    lambda raw, at, random: raw[:at] + random.choice(_PIECES) + raw[at:],
    lambda raw, at, random: raw[:at] + random.choice(_PIECES) + raw[at + 1 :],
    lambda raw, at, random: raw[:at] + bytes([random.randrange(256)]) + raw[at:],
    lambda raw, at, random: raw[:at] + raw[max(0, at - random.randrange(60)) :],
    lambda raw, at, random: raw[:at] if random.random() < 0.3 else raw,
    lambda raw, at, random: (
        raw.replace(b"\n", random.choice((b"\r\n", b"\r", b"\n\n"))) if random.random() < 0.3 else raw
    ),
    lambda raw, at, random: random.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\t", b"---\n", b"\n")) + raw,
)
