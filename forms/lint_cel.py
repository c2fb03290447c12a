"""Lint of one condition: names, functions, types and choices, by its tokens and by trying it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from forms.conditions import OFFERED, Condition, ConditionError
from forms.model import Question, TypeName

FUNCTIONS = frozenset({
    "size", "int", "double", "string", "duration", "timestamp", "contains", "startsWith", "endsWith", "matches", "has",
    "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds",
})  # fmt: skip
"""What a condition may call; operators come as `_==_`, macros as `@…`."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>==|!=|<=|>=|&&|\|\||.))"""
)
_COMPARE = frozenset({"==", "!=", "<", "<=", ">", ">="})
_WORDS = frozenset({"in", "true", "false", "null"})

# What a literal of the condition may be compared with; choices are lists.
TEXTUAL: frozenset[TypeName] = frozenset({
    "text", "multiline", "name", "choice", "email", "phone", "iban", "it_tax_code", "it_vat", "postcode", "province", "country",
    "municipality", "file", "code", "ir_national_code", "ir_org_id", "ru_inn", "ru_org_inn", "ru_snils", "es_nif", "es_org_nif",
    "cn_resident_id", "cn_uscc",
})  # fmt: skip
_NUMERIC: frozenset[TypeName] = frozenset({"integer", "number", "money"})


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # string number name sign
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`name == literal`, `literal in name`, `name in [literals]`, whichever way round."""

    name: str
    sign: str  # a comparison, `has` for `literal in name`, `among` for `name in [...]`
    literals: tuple[Token, ...]


@cache
def tokens(source: str) -> Sequence[Token]:
    return [Token(str(found.lastgroup), found[found.lastgroup or 0]) for found in _TOKEN.finditer(source) if found.lastgroup]


def comparisons(source: str) -> Iterator[Comparison]:
    """Those between a bare name and literals; whatever is more involved is left to trying."""
    run = [Token("sign", ""), *tokens(source), Token("sign", ""), Token("sign", "")]
    for at in range(1, len(run) - 2):
        before, left, sign, right = run[at - 1], run[at], run[at + 1], run[at + 2]
        after = run[at + 3] if at + 3 < len(run) else Token("sign", "")
        if sign.text in _COMPARE:
            yield from _compared(before, left, sign.text, right, after)
        elif sign.text == "in" and _is_literal(left) and _is_name(right) and after.text not in (".", "("):
            yield Comparison(right.text, "has", (left,))
        elif sign.text == "in" and _is_name(left) and before.text != "." and right.text == "[":
            yield Comparison(left.text, "among", tuple(_listed(run, at + 3)))


def _compared(before: Token, left: Token, sign: str, right: Token, after: Token) -> Iterator[Comparison]:
    if _is_name(left) and before.text not in (".", "+", "-", "*", "/", "%") and _is_literal(right):
        yield Comparison(left.text, sign, (right,))
    elif _is_literal(left) and _is_name(right) and after.text not in (".", "(", "+", "-", "*", "/", "%"):
        yield Comparison(right.text, sign, (left,))


def _listed(run: list[Token], at: int) -> Iterator[Token]:
    for token in run[at:]:
        if token.text == "]":
            return
        if _is_literal(token):
            yield token


def _is_literal(token: Token) -> bool:
    return token.kind in ("string", "number")


def _is_name(token: Token) -> bool:
    return token.kind == "name" and token.text not in _WORDS


def unquoted(token: Token) -> str:
    return token.text[1:-1] if token.kind == "string" else token.text


def wrong_comparisons(source: str, types: Mapping[str, TypeName], questions: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
    """Codes and messages: choices that there are not, literals that the answer's type can never equal."""
    for one in comparisons(source):
        kind = types.get(one.name) or OFFERED.get(one.name)
        if kind is None:
            continue
        for literal in one.literals:
            if complaint := _mismatch(one, kind, literal):
                yield "F018", complaint
            elif (complaint := _no_such_choice(one, literal, questions.get(one.name))) is not None:
                yield "F017", complaint


def _mismatch(one: Comparison, kind: TypeName, literal: Token) -> str | None:
    if kind == "choices":
        return None if one.sign == "has" else f"`{one.name}` is a list of choices: ask `{literal.text} in {one.name}`"
    if one.sign == "has":
        return f"`{one.name}` is of type {kind}, not a list: nothing is in it"
    fits = kind in TEXTUAL if literal.kind == "string" else kind in _NUMERIC
    return None if fits else f"`{one.name}` is of type {kind} and never compares with {literal.text}"


def _no_such_choice(one: Comparison, literal: Token, question: Question | None) -> str | None:
    if question is None or not question.choices or unquoted(literal) in question.choices:
        return None
    return f"`{one.name}` has no choice {literal.text}; it has {', '.join(question.choices)}"


def wrong_calls(source: str, functions: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(functions):
        if name[0].isalpha() and name not in FUNCTIONS:
            yield "F012", f"there is no function `{name}`"
    if "matches" in functions and not re.search(r"\bmatches\s*\(\s*(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*\)", source):
        yield "F020", "`matches` wants a pattern written out; one made of answers could mean anything"


def compiled(source: str, types: Mapping[str, TypeName]) -> Condition | str:
    """The condition, or why it is none."""
    try:
        return Condition(source, types)
    except ConditionError as error:
        return str(error).split("ERROR: ")[-1].splitlines()[0]


@cache
def second_opinion(source: str) -> str | None:
    """What cel-python, where it is installed, objects to a condition that our library reads."""
    if find_spec("celpy") is None:
        return None
    from celpy import Environment
    from celpy.celparser import CELParseError

    try:
        Environment().compile(source)
    except CELParseError as error:
        return str(error).splitlines()[0]
    return None
