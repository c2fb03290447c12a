"""Who waits for a call, and mail that did not arrive."""

from uuid import UUID

import panel_material_ui as pmui

from console.pages.shell import Frame
from console.reading import Call, FailedMail, answer_call, list_calls, list_failed_mails, retry_mail
from forms.types.showing import phone


async def show_messages(frame: Frame) -> None:
    words, actor = frame.words, await frame.actor()
    calls = await list_calls(frame.services, actor)
    mails = await list_failed_mails(frame.services, actor)
    frame.show(
        frame.html("title.html", title=words.say("messages.title"), lead=words.say("messages.lead")),
        pmui.Typography(words.say("messages.calls"), variant="h2", margin=(16, 0, 8, 0)),
        *(_call(frame, call) for call in calls),
        *([] if calls else [pmui.Typography(words.say("messages.no_calls"), margin=0)]),
        pmui.Typography(words.say("messages.mails"), variant="h2", margin=(16, 0, 8, 0)),
        *(_mail(frame, mail) for mail in mails),
        *([] if mails else [pmui.Typography(words.say("messages.no_mails"), margin=0)]),
    )


def _call(frame: Frame, call: Call) -> pmui.Row:
    words = frame.words
    who, number = call.customer or words.say("messages.visitor"), phone(call.phone) if call.phone else words.say("messages.no_phone")
    text = f"{words.instant(call.at)} · {words.say('messages.call', who=who, phone=number, topic=words.of('topics').get(call.topic, call.topic))}"
    return _row(frame, text, "messages.called", call.id)


def _mail(frame: Frame, mail: FailedMail) -> pmui.Row:
    who = mail.customer or frame.words.say("messages.visitor")
    kind = frame.words.of("mail_kinds").get(mail.kind, mail.kind)
    error = mail.error or frame.words.say("messages.errors.unknown")
    text = frame.words.say("messages.mail", kind=kind, who=who, error=error, attempts=mail.attempts)
    return _row(frame, text, "messages.retry", mail.id)


def _row(frame: Frame, text: str, key: str, subject: UUID) -> pmui.Row:
    async def act() -> None:
        perform = answer_call if key == "messages.called" else retry_mail
        await perform(frame.services, await frame.actor(), subject)
        await show_messages(frame)
        frame.tell(frame.words.say("told.answer_call" if key == "messages.called" else "told.retry_mail"))

    return pmui.Row(pmui.Typography(text, margin=0), frame.button(key, act), sx={"alignItems": "center"})
