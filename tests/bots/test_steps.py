"""A job half done by another release is taken up again step by step: other steps need another version of the jobs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import bots.receipts
from storage.workers import VERSION

RELEASED: dict[str, dict[str, list[str]]] = {}
"""By version, as it was released: what stands here never changes. The first release copies LATEST into it."""
LATEST = {
    "receipt": [],
    "offer_paper": ["print_offer", "say_quoted", "send_mails"],
    "policy_paper": ["print_policy", "say_issued", "send_mails"],
    "news": ["say_moved"],
    "mail": [],
    "forget_file": ["delete_file", "enqueue"],
    "forget_upload": ["forget_row", "enqueue", "delete_file", "enqueue"],
    "forget_mail": ["delete_mail"],
    "erase": ["erase_party"],
    "sync": ["send_batch", "enqueue"],
}

TREE = ast.parse(Path(bots.receipts.__file__).read_text(encoding="utf-8"))
FUNCTIONS = {node.name: node for node in TREE.body if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)}


def decorated(function: ast.AsyncFunctionDef | ast.FunctionDef, *names: str) -> str | None:
    """The name that a decorator called so gives it."""
    for each in function.decorator_list:
        if isinstance(each, ast.Call) and ast.unparse(each.func) in names:
            given = [*each.args, *(keyword.value for keyword in each.keywords if keyword.arg == "name")]
            return str(ast.literal_eval(given[0]))
    return None


def steps(function: ast.AsyncFunctionDef | ast.FunctionDef) -> Iterator[str]:
    """Of a job, in the order in which they are written; what it calls of its own module included."""
    calls = sorted(
        (node for node in ast.walk(function) if isinstance(node, ast.Call)), key=lambda call: (call.end_lineno, call.end_col_offset)
    )
    for call in calls:
        called = ast.unparse(call.func)
        if called == "DBOS.enqueue_workflow_async":
            yield "enqueue"
        elif called in FUNCTIONS and (step := decorated(FUNCTIONS[called], "_step", "DBOS.step")):
            yield step
        elif called in FUNCTIONS:
            yield from steps(FUNCTIONS[called])


def test_the_steps_are_those_recorded() -> None:
    jobs = {name: list(steps(each)) for each in FUNCTIONS.values() if (name := decorated(each, "DBOS.workflow"))}
    assert jobs == LATEST, "write the new steps here; and once this version of the jobs was released, raise storage.workers.VERSION"


def test_steps_that_differ_from_a_release_have_another_version() -> None:
    assert RELEASED.get(VERSION, LATEST) == LATEST, "raise storage.workers.VERSION: jobs under way could not be taken up"
