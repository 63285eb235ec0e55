"""Groups: components with steps of their own, which are inlined; names inside and outside are told apart here."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pipeglot.analysis.collector import Collector
from pipeglot.analysis.drafts import Around, Draft, Fanned
from pipeglot.analysis.expressions.namespaces import Namespace
from pipeglot.analysis.expressions.sourced import SourcedTree
from pipeglot.analysis.groups import conditions
from pipeglot.analysis.groups.group import GroupDraft as GroupDraft
from pipeglot.analysis.groups.group import problem
from pipeglot.ir import RunIf, Tree
from pipeglot_expression.trees import substituted

_ASKING = frozenset(("when", "run_if", "allow_failure"))
_OUTSIDE = ("params", "steps", "item", "index", "matrix")


class Substitution:
    """Puts trees in the place of names that mean something else outside: inputs and outputs of groups, local ids."""

    def __init__(self, drafts: Mapping[str, Draft], groups: Mapping[str, GroupDraft]) -> None:
        self.drafts = drafts
        self.groups = groups
        self._settled: dict[int, bool] = {}
        self._fans: dict[str, GroupDraft | None] = {}
        self._guards: dict[str, tuple[Tree | None, Tree | None]] = {"": (None, None)}

    def settle(self) -> None:
        for group in self.groups.values():
            self._settle_group(group)
        for draft in self.drafts.values():
            self._settle_draft(draft)

    def _settle_group(self, group: GroupDraft) -> None:
        for tree in group.own:
            self._own(tree, group)
            self._tree(tree, group.namespace, group.collector)
        for tree in group.results.values():
            self._tree(tree, group.inside, group.inner)

    def _settle_draft(self, draft: Draft) -> None:
        for tree in draft.inputs.values():
            self._tree(tree, draft.namespace, draft.collector)
        for tree in draft.deciding():
            self._tree(tree, draft.namespace, draft.collector, draft.inputs)
        for tree in draft.running():
            if draft.closed:
                self._closed(tree, draft)
            else:
                self._tree(tree, draft.namespace, draft.collector, draft.inputs)

    def members(self, id: str) -> Iterator[str]:
        """The steps of a group, those of groups inside it too; a step is its own."""
        if id not in self.groups:
            yield id
            return
        for inner in self.groups[id].steps:
            yield from self.members(inner)

    def guard(self, namespace: Namespace) -> tuple[Tree | None, Tree | None]:
        """The conditions of all groups around, the outermost first: those decided once, and those of each item."""
        if namespace.group not in self._guards:
            group = self.groups[namespace.group]
            outer, own = self.guard(group.namespace), self.condition(group)
            both = conditions.both(outer[0], own[0]), conditions.both(outer[1], own[1])
            self._guards[namespace.group] = both
        return self._guards[namespace.group]

    def around(self, namespace: Namespace) -> Around:
        guard, each = self.guard(namespace)
        fan = self.fan_of(namespace)
        partial = each != self.guard(fan.inside)[1] if fan else False
        return Around(guard, self.free_of(namespace), self._awaited(namespace), each, partial)

    def fan_of(self, namespace: Namespace) -> GroupDraft | None:
        """The fanned-out group around, however far."""
        if namespace.group not in self._fans:
            group = self.groups.get(namespace.group)
            found = group if group is None or group.is_fanned else self.fan_of(group.namespace)
            self._fans[namespace.group] = found
        return self._fans[namespace.group]

    def fan_out(self, group: GroupDraft, fanned: Fanned) -> None:
        """Every step inside goes over the items of the group."""
        for id in self.members(group.id):
            draft = self.drafts.get(id)
            if draft is not None and draft.fanned is None:
                draft.fanned = fanned
                draft.items = _copied(group.items, draft) if group.items else None
                draft.axes = {name: _copied(axis, draft) for name, axis in group.axes.items()} if group.axes else None

    def _awaited(self, namespace: Namespace) -> frozenset[str]:
        """All that groups around wait for."""
        group = self.groups.get(namespace.group)
        return self.needs(group) | self._awaited(group.namespace) if group else frozenset()

    def condition(self, group: GroupDraft) -> tuple[Tree | None, Tree | None]:
        """The group's own, `run_if` before `when`: decided once, and for each item of a fan-out around."""
        met = None
        if group.run_if is RunIf.FAILURE:
            needs = ((id, bool(self.drafts[id].spec.get("allow_failure"))) for id in sorted(self.needs(group)))
            met = conditions.after_failure(needs)
        fan = self.fan_of(group.inside)
        once: Tree | None = None
        each: Tree | None = None
        for term in (met, group.when.tree if group.when else None):
            if term is not None and fan is not None and conditions.of_items(term, fan.id):
                each = conditions.both(each, term)
            else:
                once = conditions.both(once, term)
        return once, each

    def waits(self, group: GroupDraft) -> frozenset[str]:
        """What a group reads: its steps wait for it."""
        found: set[str] = set()
        for tree in group.own:
            self._tree(tree, group.namespace, group.collector)
            if not tree.faulty:
                found |= tree.waits
                found.update(ref[1] for ref, _ in tree.references() if ref[0] == "steps")
        return frozenset(found)

    def needs(self, group: GroupDraft) -> frozenset[str]:
        """What a group itself waits for, as far as there is such a step."""
        named = (group.namespace.full(id) for id in group.spec.get("needs", ()))
        found = (self.members(id) for id in named if id in self.groups or id in self.drafts)
        return self.waits(group).union(*found) & self.drafts.keys()

    def free_of(self, namespace: Namespace) -> frozenset[str]:
        """The steps whose failure does not hold back what stands here, though it waits for them: by their `run_if`."""
        if not namespace.group:
            return frozenset()
        group = self.groups[namespace.group]
        outer = self.free_of(group.namespace)
        if group.run_if is RunIf.SUCCESS:
            return outer
        return outer | (self.needs(group) - self._held(group.namespace))

    def _held(self, namespace: Namespace) -> frozenset[str]:
        """The steps whose failure holds back all that stands here."""
        if not namespace.group:
            return frozenset()
        group = self.groups[namespace.group]
        held = self.needs(group) - self.free_of(group.namespace) if group.run_if is RunIf.SUCCESS else frozenset[str]()
        return self._held(group.namespace) | held

    def _state(self, group: GroupDraft, within: bool = True) -> SourcedTree:
        """The tree that says how a group ended; `within` an item of the fan-out around it."""
        for own in group.own:
            self._tree(own, group.namespace, group.collector)
        inside = within and not group.is_fanned
        inner = [self._state(self.groups[id], inside) for id in group.steps if id in self.groups]
        steps = [id for id in group.steps if id in self.drafts]
        allowed = [id for id in steps if self.drafts[id].spec.get("allow_failure")]
        outer, mine = self.guard(group.namespace), self.condition(group)
        held = conditions.both(outer[0], mine[0])
        if within:
            held = conditions.both(held, conditions.both(outer[1], None if group.is_fanned else mine[1]))
        tree = conditions.state(steps, allowed, [each.tree for each in inner], held)
        faulty = any(each.faulty for each in (*group.own, *inner))
        return SourcedTree(tree, (), waits=frozenset(self.members(group.id)), faulty=faulty)

    def _indices(self, group: GroupDraft) -> SourcedTree:
        """The items in which a group ran: those of a step inside that asks for nothing by itself, if there is one."""
        members = tuple(self.members(group.id))
        plain = (id for id in members if id in self.drafts and not _ASKING.intersection(self.drafts[id].spec))
        return SourcedTree(
            ["ref", "steps", next(plain, next(iter(members), "")), "indices"], (), waits=frozenset(members)
        )

    def _own(self, tree: SourcedTree, group: GroupDraft) -> None:
        """A group that reads itself waits for itself."""
        for ref, at in tree.references():
            if ref[0] == "steps" and group.namespace.full(ref[1]) == group.id:
                path, offset = tree.place(at)
                group.collector.report("PG204", f"step `{ref[1]}` reads itself", path, offset=offset)
                tree.faulty = True

    def _tree(
        self, tree: SourcedTree, namespace: Namespace, collector: Collector, own: Collection[str] = ()
    ) -> SourcedTree:
        """The tree, settled; `own` are the inputs that the step itself has."""
        if tree.is_literal or self._settled.get(id(tree)):
            return tree
        if id(tree) in self._settled:
            path, offset = tree.place(())
            collector.report("PG204", "what is given here is made from itself", path, offset=offset)
            tree.faulty = True
            return tree
        self._settled[id(tree)] = False
        for ref, at in tree.references():
            source = self.groups.get(namespace.full(ref[1])) if ref[0] == "steps" else None
            said = problem(ref, self.groups.get(namespace.group), source, own)
            if said is None and source is not None and source.is_fanned and ref[2] == "outputs":
                said = self._unlisted(ref, source)
            if said is None and ref[0] in conditions.PER_ITEM and self.fan_of(namespace) is not None:
                said = "PG203", f"a component sees its `inputs`, and here is `{'.'.join(ref)}`", None
            if said is not None:
                path, offset = tree.place(at)
                collector.report(said[0], said[1], path, offset=offset, hint=said[2])
                tree.faulty = True
        if not tree.faulty:
            self._replace(tree, namespace, own)
        self._settled[id(tree)] = True
        return tree

    def _unlisted(self, ref: tuple[str, ...], source: GroupDraft) -> tuple[str, str, str | None] | None:
        """What is read of all items is handed on by the steps inside, each of which has a list of them."""
        found = self._tree(source.results[ref[3]], source.inside, source.inner)
        if found.faulty or (found.tree[:2] == ["ref", "steps"] and found.tree[3] == "outputs"):
            return None
        message = f"`{ref[3]}` of the fanned-out group `{ref[1]}` is made of more than an output of one step inside"
        hint = "let a step inside make it, and name that step's output"
        return "PG390", f"{message}, which this version does not build yet", hint

    def _replace(self, tree: SourcedTree, namespace: Namespace, own: Collection[str]) -> None:
        used: list[SourcedTree] = []
        waits: set[str] = set()

        def change(ref: tuple[str, ...]) -> Tree | None:
            other = self._other(ref, namespace, own)
            if other is not None:
                used.append(other)
                return other.tree
            return ["ref", "steps", namespace.full(ref[1]), *ref[2:]] if ref[0] == "steps" else None

        for ref, _ in tree.references():
            if ref[0] == "steps" and namespace.full(ref[1]) in self.groups:
                waits.update(self.members(namespace.full(ref[1])))
        tree.tree = substituted(tree.tree, change)
        tree.waits = frozenset(waits.union(*(each.waits for each in used)))
        tree.faulty = any(each.faulty for each in used)
        tree.replaced = bool(used)

    def _other(self, ref: tuple[str, ...], namespace: Namespace, own: Collection[str]) -> SourcedTree | None:
        """The tree that a name stands for."""
        group = self.groups.get(namespace.group)
        if group is not None and ref[0] == group.kind and not (ref[0] == "inputs" and ref[1] in own):
            return self._tree(group.given[ref[1]], group.namespace, group.collector)
        source = self.groups.get(namespace.full(ref[1])) if ref[0] == "steps" else None
        if source is not None and ref[2] == "status":
            return self._state(source)
        if source is not None and ref[2] == "indices":
            return self._indices(source)
        if source is not None:
            return self._tree(source.results[ref[3]], source.inside, source.inner)
        return None

    def _closed(self, tree: SourcedTree, draft: Draft) -> None:
        for ref, at in tree.references():
            if ref[0] in _OUTSIDE:
                path, offset = tree.place(at)
                message = f"a component sees its `inputs`, and here is `{'.'.join(ref)}`"
                draft.collector.report("PG203", message, path, offset=offset)
                tree.faulty = True


def _copied(tree: SourcedTree, draft: Draft) -> SourcedTree:
    """What the file of the group says, of a step in the file of the component."""
    return SourcedTree(tree.tree, draft.path, waits=tree.waits, faulty=tree.faulty)
