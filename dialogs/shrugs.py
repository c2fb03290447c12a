"""What is said instead of an answer and is no try at one: not known, not told, asked back, or a no to what may be left out."""

from collections.abc import Mapping
from functools import cache

from dialogs import addresses, answers, asking, commands, naming, phrases, talk, understanding, wording
from dialogs.desk import Desk
from dialogs.events import Commanded
from dialogs.journey import Stop, is_optional
from forms.types import TYPES
from forms.types.base import Asked, Read
from forms.types.characters import ends_asking, fold, openings
from forms.types.text import names_person
from rules.refusals import Reason, Refused

_SHORT = phrases.FREE_TYPES - {"multiline"}
_NO_IS_AN_ANSWER = frozenset({"yes_no", "multiline"})
_WHETHER_KNOWN = "_known"
"""Ends the names of questions whether something is known: "I do not know" is their no."""
_OWN_WORDS = {"it_tax_code": "not_known_tax_code"}
"""Of a type that not everybody has: what is said to who does not know it."""

NOT_AN_ANSWER = frozenset(
    {
        Reason.NOT_UNDERSTOOD, Reason.CHOICE_UNKNOWN, Reason.DATE_UNKNOWN, Reason.NUMBER_UNKNOWN, Reason.EMAIL_FORM, Reason.PHONE_FORM,
        Reason.POSTCODE_FORM, Reason.POSTCODE_NO_DIGITS, Reason.TAX_CODE_LENGTH, Reason.TAX_CODE_FORM, Reason.IBAN_LENGTH, Reason.VAT_FORM,
        Reason.COUNTRY_UNKNOWN, Reason.MUNICIPALITY_UNKNOWN, Reason.PROVINCE_UNKNOWN, Reason.FILE_EXPECTED, Reason.CONFIRM_EXPLICITLY,
        Reason.IDENTIFIER_LENGTH, Reason.IDENTIFIER_FORM,
    }
)  # fmt: skip
"""Refusals of what might be something else than an answer gone wrong."""


def is_no_answer(desk: Desk, stop: Stop, known: Asked, text: str) -> bool:
    """Where any words would be one. True = it has been answered."""
    if known.type not in phrases.FREE_TYPES or stop.kind != "question":
        return _is_sensitive(stop) and declines(desk, stop, text)
    if known.type in _SHORT and _is_said_instead(desk, stop, known, text):
        return True
    if addresses.lives_abroad(desk, stop, text):
        return True
    if _is_question(desk, known, text):
        talk_about(desk, stop, text)
        return True
    if names_person(known) and (change := names_another(desk, stop, text)) is not None:
        desk.customer_said = text
        commands.obey(desk, stop, change)
        return True
    return False


def _is_said_instead(desk: Desk, stop: Stop, known: Asked, text: str) -> bool:
    """A no to what may be left out, "I do not know", "as above", "one moment", thanks, a mere "ok"."""
    if declines(desk, stop, text):
        return True
    if understanding.is_not_known(text, desk.language):
        say_not_known(desk, stop, text)
        return True
    return is_put_off(desk, text) or (not names_person(known) and is_courtesy(desk, text)) or _is_bare_reply(desk, stop, known, text)


def is_put_off(desk: Desk, text: str) -> bool:
    """What points to something else ("as above") is asked for again in full; who wants a moment gets it."""
    return _is_answered(desk, text, _PUT_OFF)


_PUT_OFF = {"pointing": "write_it_here", "moments": "no_hurry"}


def _is_bare_reply(desk: Desk, stop: Stop, known: Asked, text: str) -> bool:
    """A yes, an "ok" or a no where something has to be written. Somebody's name is asked about instead (`NameType`)."""
    if known.type != "text":
        return False
    if fold(text) in _noes():
        talk_about(desk, stop, text)
        return True
    if TYPES["yes_no"].read_text(text, Asked(stop.path, "yes_no", desk.language, desk.today)) != Read(value=True):
        return False
    desk.customer_said = text
    desk.say("go_ahead")
    return True


@cache
def _noes() -> frozenset[str]:
    """The word itself in each language; "nobody" and "none" may be answers."""
    return frozenset(fold(wording.say(language, "no")) for language in wording.LANGUAGES)


def is_met(desk: Desk, stop: Stop, text: str, refused: Refused) -> bool:
    """Whether the words that were refused are no try, and have been answered."""
    if declines(desk, stop, text):
        return True
    if understanding.is_not_known(text, desk.language):
        say_not_known(desk, stop, text)
        return True
    if is_put_off(desk, text) or _goes_without(desk, stop, text):
        return True
    is_called = stop.step is not None and stop.kind == "question" and naming.is_called(desk, stop.step, text)
    if is_called or understanding.is_not_told(text, desk.language):
        talk_about(desk, stop, text)
        return True
    if is_asked_back(desk, stop, text, refused):
        return True
    if asking.kind_of(stop) in _OWN_WORDS and not any(map(str.isdigit, text)):
        say_not_known(desk, stop, text)  # "non ho il codice fiscale": no code at all
        return True
    return False


def is_asked_back(desk: Desk, stop: Stop, text: str, refused: Refused) -> bool:
    """What might be an answer gone wrong must look like a question in its first word and its last sign. A courtesy is met by one."""
    if is_courtesy(desk, text):
        return True
    if refused.reason is Reason.CONFIRM_EXPLICITLY:
        return False
    might_be_answer = asking.kind_of(stop) in phrases.FREE_TYPES or refused.reason not in NOT_AN_ANSWER
    if not understanding.is_question(text, desk.language, of_free_words=might_be_answer):
        return False
    talk_about(desk, stop, text)
    return True


def is_courtesy(desk: Desk, text: str) -> bool:
    """A greeting or thanks and nothing else: returned."""
    return _is_answered(desk, text, _RETURNED)


def _is_answered(desk: Desk, text: str, answers: Mapping[str, str]) -> bool:
    """Whether it is a phrase of one of these lists and nothing else; then its sentence is said."""
    words = fold(text)
    for phrases_of, answer in answers.items():
        if words in talk.folded(desk.language, phrases_of):
            desk.customer_said = text
            desk.say(answer)
            return True
    return False


_RETURNED = {"greetings": "greeted", "thanks": "thanked"}


def names_another(desk: Desk, stop: Stop, text: str) -> Commanded | None:
    """What a question's name alone asks for: to change that answer, unless it is the one that is asked for."""
    if stop.step is not None and stop.kind == "question" and naming.is_called(desk, stop.step, text):
        return None
    return understanding.named_alone(desk, text)


def declines(desk: Desk, stop: Stop, text: str) -> bool:
    """A no, or "I would rather not", to what may be left out, which then is."""
    if stop.kind != "question" or stop.step is None or not is_optional(desk, stop.step) or not _is_no(desk, stop, text):
        return False
    desk.customer_said = text
    commands.obey(desk, stop, Commanded("skip"))
    return True


def _goes_without(desk: Desk, stop: Stop, text: str) -> bool:
    """ "ho solo il cellulare", "non voglio darlo", to what may be left out: it is. Not where a value may stand in it."""
    if asking.kind_of(stop) not in _OF_THEMSELVES or any(map(str.isdigit, text)) or "@" in text:
        return False
    is_without = fold(text).startswith(_going_without(desk.language)) and not understanding.is_question(
        text, desk.language, of_free_words=False
    )
    if not is_without or stop.step is None or not is_optional(desk, stop.step):
        return False
    desk.customer_said = text
    commands.obey(desk, stop, Commanded("skip"))
    return True


_OF_THEMSELVES = frozenset({"phone", "email", "iban", "file", "it_vat"})
"""Types of which no words are a value."""


@cache
def _going_without(language: str) -> tuple[str, ...]:
    return openings(talk.phrases(language, "going_without"))


def say_not_known(desk: Desk, stop: Stop, text: str) -> None:
    desk.customer_said = text
    if stop.kind == "question" and stop.path.endswith(_WHETHER_KNOWN):
        answers.accept(desk, stop, None, value=False)
    elif stop.step is not None and is_optional(desk, stop.step):
        desk.say("not_known_skip")
    else:
        desk.say(_OWN_WORDS.get(asking.kind_of(stop), "not_known_needed"))


def talk_about(desk: Desk, stop: Stop, text: str) -> None:
    desk.customer_said = text
    commands.explain(desk, stop)


def _is_no(desk: Desk, stop: Stop, text: str) -> bool:
    if understanding.is_not_told(text, desk.language):
        return True
    if asking.kind_of(stop) in _NO_IS_AN_ANSWER:
        return False
    return TYPES["yes_no"].read_text(text, Asked(stop.path, "yes_no", desk.language, desk.today)) == Read(value=False)


def _is_question(desk: Desk, known: Asked, text: str) -> bool:
    if understanding.is_question(text, desk.language, of_free_words=True):
        return True
    if known.type in _SHORT and understanding.is_not_told(text, desk.language):
        return True
    return (known.type == "text" or names_person(known)) and ends_asking(text)


def _is_sensitive(stop: Stop) -> bool:
    return stop.step is not None and stop.step.question is not None and stop.step.question.sensitive
