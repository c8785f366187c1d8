"""Carries one sequence out, and keeps what it gave."""

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from reference.code_store import collections_of
from sequences.arm import Arm
from sequences.calls import Call, Made, Sequence
from sequences.generate import DAYS, NOBODY
from sequences.graph_export import Export, empty_graph, export_documents, export_graph
from sequences.plain import Plain


@dataclass(frozen=True)
class Played:
    answers: list[str]
    """Of each call: what it returned, or that it raised."""
    begun: list[datetime]
    """When each call began."""
    graph: Export
    documents: Export


def play(sequence: Sequence, arm: Arm) -> Played:
    """Begins with an empty graph and no documents."""
    store = arm.clients["store"]
    empty_graph(arm.driver, DAYS)
    for collection in collections_of(store):
        collection.delete_many({})
    answers: list[str] = []
    begun: list[datetime] = []
    results: list[Any] = []
    made_ids: dict[str, str] = {}
    for group in sequence:
        if not group.unit:
            _call_all(group.calls, arm, results, answers, begun, made_ids)
            continue
        with arm.unit():
            _call_all(group.calls, arm, results, answers, begun, made_ids)
    arm.drain()
    return Played(
        answers,
        begun,
        export_graph(arm.driver, made_ids),
        export_documents(collections_of(store), made_ids),
    )


def _call_all(
    calls: list[Call],
    arm: Arm,
    results: list[Any],
    answers: list[str],
    begun: list[datetime],
    made_ids: dict[str, str],
) -> None:
    for call in calls:
        begun.append(datetime.now(timezone.utc).replace(tzinfo=None))
        result, answer = _ask(call, arm, results)
        if call.method in ("create_annotation", "start_scan") and isinstance(result, str):
            made_ids[result] = f"made by call {len(results)}"
        results.append(result)
        answers.append(answer if answer is not None else _written(call, result, made_ids))


def _ask(call: Call, arm: Arm, results: list[Any]) -> tuple[Any, str | None]:
    arguments = {name: _known(value, results) for name, value in call.arguments.items()}
    method = getattr(arm.clients[call.client], call.method)
    if (call.client, call.method) != ("v1", "start_scan"):
        return method(**arguments), None
    try:
        return method(**arguments), None
    except (
        Exception
    ):  # both refuse where the repository is not there, each with an error of its own
        return None, "raised"


def _known(value: Any, results: list[Any]) -> Any:
    if not isinstance(value, Made):
        return value
    return NOBODY if results[value.by] is None else results[value.by]


def _written(call: Call, result: Any, made_ids: dict[str, str]) -> str:
    if call.counted:
        return f"{len(result)} of them"
    plain = Plain(made_ids)
    if call.unordered:
        return json.dumps(sorted(plain.text(each) for each in result), ensure_ascii=False)
    return plain.text(result)
