"""Who waits for a person in the chat or for a call, and mail that did not arrive."""

from uuid import UUID

import panel_material_ui as pmui

from console.acting import Actor
from console.messages import (
    Call,
    DocumentTrouble,
    FailedMail,
    answer_call,
    list_calls,
    list_document_trouble,
    list_failed_mails,
    retry_mail,
)
from console.pages.fragment import Fragment
from console.pages.shell import Frame
from console.programs import Trouble, list_program_trouble
from console.takeovers import Waiting, list_waiting
from forms.types.showing import phone
from rules.access import Action

SHORT = 120  # characters of the last words: the rest is on the conversation's own page


async def show_messages(frame: Frame) -> None:
    words, actor = frame.words, await frame.actor()
    chats = await list_waiting(frame.services, actor)
    calls = await list_calls(frame.services, actor)
    mails = await list_failed_mails(frame.services, actor)
    documents = await list_document_trouble(frame.services, actor)
    programs = await list_program_trouble(frame.services, actor)
    frame.locate()
    frame.show(
        frame.html("title.html", title=words.say("messages.title"), lead=words.say("messages.lead")),
        frame.heading(words.say("messages.chats")),
        *(_chat(frame, chat) for chat in chats),
        *([] if chats else [frame.line(words.say("messages.no_chats"))]),
        frame.heading(words.say("messages.calls")),
        *(_call(frame, call, actor) for call in calls),
        *([] if calls else [frame.line(words.say("messages.no_calls"))]),
        frame.heading(words.say("messages.mails")),
        *(_mail(frame, mail, actor) for mail in mails),
        *([] if mails else [frame.line(words.say("messages.no_mails"))]),
        frame.heading(words.say("messages.documents")),
        *(frame.line(line) for line in _documents(frame, documents)),
        frame.heading(words.say("messages.programs")),
        *(frame.line(line) for line in _programs(frame, programs)),
    )


def _chat(frame: Frame, chat: Waiting) -> pmui.FlexBox:
    words = frame.words
    key = "messages.chat" if chat.colleague is None else "messages.chat_taken" if chat.is_answered else "messages.chat_unanswered"
    waits = words.waits(frame.services.clock() - chat.since)
    last = words.say("messages.last", text=_shortened(chat.last_word)) if chat.last_word else ""
    text = words.say(key, who=chat.customer or words.say("messages.visitor"), waits=waits, name=chat.colleague, last=last)

    async def act() -> None:
        from console.pages.conversation import show_conversation

        await show_conversation(frame, chat.conversation)

    return _beside(frame, text, frame.button("messages.open", act, margin=0))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[:SHORT]}…"


def _call(frame: Frame, call: Call, actor: Actor) -> pmui.FlexBox | Fragment:
    words = frame.words
    who, number = call.customer or words.say("messages.visitor"), phone(call.phone) if call.phone else words.say("messages.no_phone")
    topics = words.of("topics")
    told = words.say("messages.call", who=who, phone=number, topic=topics.get(call.topic, topics["contact"]))
    text = f"{words.instant(call.at)}{words.pause}{told}"
    return _row(frame, text, "messages.called", call.id) if actor.may(Action.ANSWER_CALL) else frame.line(text)


def _mail(frame: Frame, mail: FailedMail, actor: Actor) -> pmui.FlexBox | Fragment:
    who = mail.customer or frame.words.say("messages.visitor")
    kind = frame.words.of("mail_kinds").get(mail.kind, mail.kind)
    errors = frame.words.of("messages.errors")
    error = errors.get(mail.error or "unknown") or frame.words.say("messages.errors.smtp", code=(mail.error or "").removeprefix("smtp_"))
    text = frame.words.say("messages.mail", kind=kind, who=who, error=error, attempts=mail.attempts)
    return _row(frame, text, "messages.retry", mail.id) if actor.may(Action.RETRY_MAIL) else frame.line(text)


def _documents(frame: Frame, trouble: DocumentTrouble) -> list[str]:
    words, kinds = frame.words, frame.words.of("document_kinds")
    lines = [words.count("messages.uncopied", trouble.waiting, since=words.instant(trouble.since))] if trouble.since else []
    for one in trouble.damaged:
        who = one.customer or words.say("messages.visitor")
        lines.append(words.say("messages.damaged", kind=kinds.get(one.kind, one.kind), who=who, id=one.id))
    return lines or [words.say("messages.no_documents")]


def _programs(frame: Frame, trouble: Trouble) -> list[str]:
    words, errors = frame.words, frame.words.of("sync.errors")
    lines = []
    for name, (since, code) in trouble.given_up.items():
        error = errors.get(code) or words.say("sync.answered", code=code)
        lines.append(words.say("messages.given_up", name=name, since=words.instant(since), error=error))
    lines += [words.say("messages.list_refused", name=name, at=words.instant(at)) for name, at in trouble.refused.items()]
    lines += [words.say("messages.out_of_reach", name=name) for name in trouble.out_of_reach]
    lines += [words.say(trouble.fault)] if trouble.fault else []
    return lines or [words.say("messages.no_programs")]


def _row(frame: Frame, text: str, key: str, subject: UUID) -> pmui.FlexBox:
    async def act() -> None:
        perform = answer_call if key == "messages.called" else retry_mail
        await perform(frame.services, await frame.actor(), subject)
        await show_messages(frame)
        frame.tell(frame.words.say("told.answer_call" if key == "messages.called" else "told.retry_mail"))

    return _beside(frame, text, frame.button(key, act, margin=0))


def _beside(frame: Frame, text: str, button: pmui.Button) -> pmui.FlexBox:
    """On a phone the button comes under its line."""
    return pmui.FlexBox(
        frame.line(text, is_beside=True),
        button,
        sizing_mode="stretch_width",
        sx={"alignItems": "center", "gap": "8px", "paddingBlock": "4px"},
    )
