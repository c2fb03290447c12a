"""The last page of a receipt: how the customer was identified, by which channel and when they acted, the hashes of the texts they were
shown, and where the mails stood. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bots.papers import GivenAct, Press, Record, decided
from dialogs.paths import act_words
from forms.papers.model import Certificate, PaperRow, PaperSection
from forms.papers.showing import grouped, instant
from forms.papers.wording import CertificateWords, paper_words
from forms.showing import show_signer
from forms.types.showing import language_name, listed, side_by_side
from storage.mails import Mail


def certificate(press: Press, record: Record, proved: Mapping[str, datetime], mails: Sequence[Mail], *, is_sealed: bool) -> Certificate:
    """`proved`: when each of the customer's addresses was; `mails`: as they stand now, which is when the paper is printed."""
    words = paper_words(record.language).certificate
    sections = (
        PaperSection(words.who, tuple(_identified(press, record, words, proved))),
        PaperSection(words.what, tuple(_confirmed(press, record, words))),
        PaperSection(words.texts, tuple(_texts(press, record, words))),
        PaperSection(words.delivery, tuple(_deliveries(press, record, words, mails))),
    )
    notes = (words.limits, words.sealed) if is_sealed else (words.limits,)
    return Certificate(tuple(section for section in sections if section.rows), notes)


def _identified(press: Press, record: Record, words: CertificateWords, proved: Mapping[str, datetime]) -> Iterator[PaperRow]:
    yield PaperRow(paper_words(record.language).labels["name"], record.name)
    for label, value in show_signer(press.catalogue, record.card, record.language):
        yield PaperRow(label, value)
    for address in record.emails:
        at = proved.get(address)  # one that was replaced since is told without its day
        yield PaperRow(words.address, address, detail=words.proved.format(at=_at(press, at, record.language)) if at else "")


def _confirmed(press: Press, record: Record, words: CertificateWords) -> Iterator[PaperRow]:
    if record.binding is None or record.confirmed_at is None:
        return
    yield PaperRow(words.at, instant(record.confirmed_at.astimezone(press.zone), record.language))
    if record.acts and (last := record.acts[-1]).channel:
        yield PaperRow(words.channel, _way(last, words, record.language))
    yield PaperRow(words.shown, grouped(record.binding.text_sha256), is_code=True)


def _texts(press: Press, record: Record, words: CertificateWords) -> Iterator[PaperRow]:
    """Of the acts that this receipt is the first to tell, beside the confirmation itself; those on one text in one row."""
    language, shown = record.language, record.binding.text_sha256 if record.binding else ""
    others = [act for act in decided(record) if act.text_sha256 != shown]
    for digest, acts in groupby(others, key=lambda act: act.text_sha256):
        alike = list(acts)
        worded = [act_words(press.catalogue, act, language) for act in alike]
        told = dict.fromkeys(_moment(press, act, answer, words, record) for act, (_, answer) in zip(alike, worded, strict=True))
        yield PaperRow(listed(dict.fromkeys(title for title, _ in worded), language), grouped(digest), is_code=True, detail="\n".join(told))


def _moment(press: Press, act: GivenAct, answer: str, words: CertificateWords, record: Record) -> str:
    """What was answered and when; by which way only where it was not the confirmation's."""
    way, usual = (_way(each, words, record.language) for each in (act, record.acts[-1]))
    return side_by_side((answer, _at(press, act.at, record.language), *([] if way == usual else [way])), record.language)


def _way(act: GivenAct, words: CertificateWords, language: str) -> str:
    spoken = (language_name(act.language, language),) if act.language else ()
    return side_by_side((words.channels.get(act.channel, act.channel), *spoken), language)


def _deliveries(press: Press, record: Record, words: CertificateWords, mails: Sequence[Mail]) -> Iterator[PaperRow]:
    for mail in mails:
        at = _at(press, mail.row.sent_at, record.language) if mail.row.sent_at else ""
        yield PaperRow(words.recipients[mail.row.recipient], mail.to, detail=words.states[mail.row.state].format(at=at))


def _at(press: Press, at: datetime, language: str) -> str:
    return instant(at.astimezone(press.zone), language)
