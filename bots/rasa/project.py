"""A Rasa project that hands every message on to us, made of the catalogue: files as `rasa train` reads them."""

import json
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

import yaml

from bots.messengers.wording import say
from bots.rasa.payloads import AFFIRM, BUTTON, COMMANDS, DENY, INFORM
from dialogs.wording import aliases
from forms.catalogue import Catalogue
from forms.types.vocabulary import vocabulary

ACTION: Final = "action_sospeso_turn"
FALLBACK: Final = "nlu_fallback"
UNSPACED: Final = frozenset({"zh"})
"""Rasa's WhitespaceTokenizer refuses to be of such a language; its examples are read all the same."""
_FORMAT: Final = "3.1"


class _Examples(str):
    """Written as a block, as Rasa has them."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(_Examples, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|"))


def project_files(catalogue: Catalogue, languages: tuple[str, ...]) -> dict[str, str]:
    """By their path in the project."""
    examples = _distinct(_examples(catalogue, languages))
    intents = [*examples, FALLBACK]
    documents: dict[str, object] = {
        "config.yml": _config(languages),
        "domain.yml": _domain(catalogue, intents),
        "data/nlu.yml": {"version": _FORMAT, "nlu": [{"intent": name, "examples": _block(lines)} for name, lines in examples.items()]},
        "data/rules.yml": {"version": _FORMAT, "rules": [_rule(intent) for intent in intents]},
        "endpoints.yml": {"action_endpoint": {"url": "http://127.0.0.1:5055/webhook"}},
        "credentials.yml": {"rest": None},
    }
    files = {path: yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False) for path, document in documents.items()}
    return files | action_files(languages)


def action_files(languages: tuple[str, ...]) -> dict[str, str]:
    """The action, and what it says itself where we do not answer: by language, the agency's first before the others."""
    words = {language: say(language, "unanswered") for language in languages}
    return {
        "actions.py": (Path(__file__).parent / "actions.py").read_text(encoding="utf-8"),
        "words.json": json.dumps(words, ensure_ascii=False, indent=2) + "\n",
    }


def _examples(catalogue: Catalogue, languages: tuple[str, ...]) -> dict[str, Iterable[str]]:
    """What people say for each intent, in all languages: the same words that our own rules read."""
    answers = [vocabulary(language).answers for language in languages]
    said: dict[str, Iterable[str]] = {
        intent: [alias for language in languages for alias in aliases(language, f"commands.{command}")]
        for intent, command in COMMANDS.items()
    }
    said[AFFIRM] = chain.from_iterable((*each.yes, *each.confirm, *each.accept) for each in answers)
    said[DENY] = chain.from_iterable((*each.no, *each.refuse) for each in answers)
    said[INFORM] = _labels(catalogue, languages)
    return said


def _labels(catalogue: Catalogue, languages: tuple[str, ...]) -> Iterable[str]:
    for name in sorted(catalogue.editions):
        for language in languages:
            for question in catalogue.words(name, language).questions.values():
                yield from question.choices.values()


def _distinct(said: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Each once, under the first intent that has it; what Rasa would read as a mark of its own is left out."""
    seen: set[str] = set()
    kept: dict[str, list[str]] = {}
    for intent, lines in said.items():
        kept[intent] = []
        for line in (" ".join(line.split()) for line in lines):
            if line and line.casefold() not in seen and not set("[](){}") & set(line):
                seen.add(line.casefold())
                kept[intent].append(line)
    return kept


def _block(lines: Iterable[str]) -> _Examples:
    return _Examples("".join(f"- {line}\n" for line in lines))


def _rule(intent: str) -> dict[str, object]:
    return {"rule": f"{intent} goes to the conversation", "steps": [{"intent": intent}, {"action": ACTION}]}


def _domain(catalogue: Catalogue, intents: list[str]) -> dict[str, object]:
    """A button may name the question's type as its slot: those are the entities."""
    types = {step.question.type for edition in catalogue.editions.values() for step in edition.form.steps().values() if step.question}
    return {
        "version": _FORMAT,
        "intents": intents,
        "entities": [BUTTON, *sorted(types)],
        "actions": [ACTION],
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _config(languages: tuple[str, ...]) -> dict[str, object]:
    return {
        "recipe": "default.v1",
        "assistant_id": "sospeso",
        "language": next((language for language in languages if language not in UNSPACED), "en"),
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": 30, "constrain_similarities": True, "entity_recognition": False},
            {"name": "EntitySynonymMapper"},
            {"name": "FallbackClassifier", "threshold": 0.4},
        ],
        "policies": [{"name": "RulePolicy", "core_fallback_action_name": ACTION}],
    }
