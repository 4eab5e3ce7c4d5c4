"""A procedure as a graph: its states in the order in which they are drawn, and every way from one to another. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from guanjia.policy.schema import Action, Procedure, StateDef

START, ANY = "", "*"


@dataclass(frozen=True)
class Edge:
    """An action that leads from a state to another. maybe: only on some ways through the action."""

    source: str
    target: str
    action: str
    label: str
    maybe: bool = False


@dataclass(frozen=True)
class Node:
    """A state: main line, aside (not on the main line), end; or the start, or `*`: any state that is not an end."""

    key: str
    label: str
    stage: str
    kind: str
    staying: int = 0


@dataclass(frozen=True)
class Graph:
    """Nodes in the order in which they are drawn, and the edges between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph_of(procedure: Procedure) -> Graph:
    """Start, main line, asides, other ends, each in the manual's own order. Actions that change no state are counted
    at their states and not drawn."""
    edges = [edge for action in procedure.action for edge in _edges(procedure, action)]
    staying = {
        state.key: sum(1 for action in procedure.action if _stays(procedure, action, state))
        for state in procedure.state
    }
    nodes = [
        Node(state.key, state.label, state.stage, _kind(state), staying[state.key])
        for state in procedure.state
    ]
    nodes.sort(key=lambda node: ("main", "aside", "end").index(node.kind))
    if any(edge.source == START for edge in edges):
        nodes.insert(0, Node(START, "", "", "start"))
    if any(edge.source == ANY for edge in edges):
        nodes.append(Node(ANY, "", "", "any"))
    return Graph(tuple(nodes), tuple(edges))


def _kind(state: StateDef) -> str:
    if state.stage:
        return "main"
    return "end" if state.end else "aside"


def targets(action: Action, source: str) -> tuple[tuple[str, bool], ...]:
    """Where an action may lead from a state, "" for that state itself, and whether only on some ways through it.

    Of an outcome's conditions only those on the state are looked at: the others depend on what is entered.
    """
    ways: list[str] = []
    for outcome in action.outcome:
        rest = {name: test for name, test in outcome.when.items() if name != "state"}
        if not _from(outcome.when.get("state"), source):
            continue
        ways.append(outcome.to or action.to)
        if not rest:
            break
    else:
        ways.append(action.to)
    found = tuple(dict.fromkeys(ways))
    return tuple((way, len(found) > 1) for way in found)


def _from(test: object, source: str) -> bool:
    """Whether a condition on the state can hold in a state; a table of comparisons is not looked into."""
    if test is None or isinstance(test, dict) or source in (START, ANY):
        return True
    return source in test if isinstance(test, list) else source == test


def _edges(procedure: Procedure, action: Action) -> Iterable[Edge]:
    known = {state.key for state in procedure.state}
    for source in (START,) if action.opens else action.from_:
        for target, maybe in targets(action, source):
            if target in known and target != source:
                yield Edge(source, target, action.key, action.label, maybe)


def _stays(procedure: Procedure, action: Action, state: StateDef) -> bool:
    here = state.key in action.from_ or (ANY in action.from_ and not state.end)
    return here and all(target in ("", state.key) for target, _maybe in targets(action, state.key))
