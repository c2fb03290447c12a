"""How long it takes to understand what people type: every utterance of the measured set, as the engine looks at it."""

import statistics
import time

from bench.measure import Result, at_most
from dialogs import addresses, asking, facts, phrases, shrugs, terms, understanding
from dialogs.desk import QUOTE, Desk
from dialogs.journey import Stop, next_stop
from forms.cards import PERSON
from forms.catalogue import load_catalogue
from forms.types import TYPES
from forms.types.base import Asked
from forms.types.vocabulary import languages
from rules.refusals import Refused
from tests.understanding.standing import Standing, standing
from tests.understanding.test_utterances import utterances

ROUNDS = 5


async def measure() -> list[Result]:
    catalogue = load_catalogue(languages=languages())
    open_questions = {language: standing(catalogue, language) for language in languages()}
    said = [(open_questions[one.language][one.question], one.text) for one in utterances() if one.language in open_questions]
    read_all(said)  # the lists are prepared once
    samples = [statistics.quantiles(read_all(said), n=100)[-1] for _ in range(ROUNDS)]
    return [at_most("reading_p99_us", samples, "µs", floor=1000, wished=500)]


def read_all(said: list[tuple[Standing, str]]) -> list[float]:
    """Processor microseconds of each reading; the forms are walked already, as they are in a turn."""
    took = []
    for question, text in said:
        desk = Desk(question.state, question.catalogue, question.circumstances)
        stop = next_stop(desk)
        assert stop is not None
        asked = asking.present(desk, stop, plainly=True).asked
        for form in (PERSON.form, QUOTE):
            desk.walk(form)
        begun = time.thread_time()
        read(desk, stop, text, asked)
        took.append((time.thread_time() - begun) * 1e6)
    return took


def read(desk: Desk, stop: Stop, text: str, asked: Asked) -> None:
    phrases.is_plainly_answer(asked, text)
    phrases.typed(text, desk.language)
    if terms.asked_term(desk, text, of_free_words=asked.type in phrases.FREE_TYPES) is not None:
        return  # explained, and nothing more is looked for
    phrases.asked_why(text, desk.language, asked.type)
    if understanding.disputed(desk, text) or understanding.find_correction(desk, text, strictly=True) or facts.find(desk, stop, text):
        return  # proposed, and answered by the next message
    if addresses.find(desk, stop, text):
        return
    understanding.is_not_told(text, desk.language)
    if isinstance(TYPES[asked.type].read_text(text, asked), Refused):
        if terms.named_term(desk, text) is not None:
            return
        shrugs.names_another(desk, stop, text)
        understanding.find_correction(desk, text, strictly=False)
        phrases.nearly(text, desk.language)
        understanding.is_not_known(text, desk.language)
        understanding.is_question(text, desk.language, of_free_words=False)
