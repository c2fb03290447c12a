"""One submission: answers beside the accepted card, evidence at the side, and the decisions its state allows."""

import contextlib
from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID

import panel_material_ui as pmui

from console import actions
from console.acting import Actor
from console.pages.fragment import Fragment
from console.pages.reveal import Reveal
from console.pages.shell import Frame
from console.reading import OpenSubmission, open_submission
from console.revealing import Whole
from forms.types import TYPES
from forms.types.base import Asked, Read
from forms.types.showing import listed, named
from rules.access import REVEAL_REASONS, Action
from rules.refusals import Reason, Refused

OVERTAKEN = frozenset({Reason.CLAIMED_BY_OTHER, Reason.NOT_POSSIBLE_NOW})
"""The page shows what is no longer so: it is read anew, and what was written stays."""


class SubmissionView:
    """What the colleague is writing stays while the page is read anew; a decision that was taken opens it afresh."""

    def __init__(self, frame: Frame, page: OpenSubmission, actor: Actor) -> None:
        self._frame, self._page, self._actor = frame, page, actor
        words = frame.words
        self._reveal = Reveal(frame, actor, self._show_whole)
        self._head, self._answers, self._evidence = (Fragment(sizing_mode="stretch_width", margin=0) for _ in range(3))
        self._answers.on_press(self._pick)
        self._decision = pmui.Paper(
            elevation=0,
            sizing_mode="stretch_width",
            margin=(0, 0, 24, 0),
            sx={"padding": "16px", "border": "1px solid", "borderColor": "divider"},
        )
        self._questions = pmui.MultiChoice(label=words.say("inputs.questions"), options=_labels(page), sizing_mode="stretch_width")
        self._questions.param.watch(lambda _: self._mark(), "value")
        self._reason = pmui.TextInput(label=words.say("inputs.reason"), sizing_mode="stretch_width")
        premium = words.amount_as_typed(page.indicative_cents) if page.indicative_cents else ""
        self._premium = pmui.TextInput(
            label=words.say("inputs.premium", currency=frame.services.settings.currency),
            value=premium,
        )
        self._premium_reason = pmui.TextInput(label=words.say("inputs.premium_reason"), sizing_mode="stretch_width")
        self._offer = pmui.Column(sizing_mode="stretch_width", margin=0)
        self._weighed: int | None = None
        """The premium that was told before it is sent."""
        self._fill()
        self._decide()

    def show(self) -> None:
        frame = self._frame
        # who reads answers to decide on them decides at their end; whatever else there is to do is not to be looked for under them
        is_read = self._page.state == "in_review" and self._page.is_mine
        parts = (self._answers, self._decision) if is_read else (self._decision, self._answers)
        left = pmui.Column(*parts, styles={"flex": "2 1 32rem", "min-inline-size": "0"})
        right = pmui.Column(self._evidence, styles={"flex": "1 1 18rem", "min-inline-size": "0"})
        body = pmui.FlexBox(
            left, right, sizing_mode="stretch_width", sx={"gap": "24px", "alignItems": "flex-start", "paddingBlockStart": "24px"}
        )
        frame.show(frame.button("submission.back", self._back, variant="text", margin=0), self._head, self._reveal.row, body)
        frame.locate(submission=self._page.id)

    def _fill(self) -> None:
        frame, page, words = self._frame, self._page, self._frame.words
        lead = words.say("submission.lead", title=words.form(page.form), at=words.instant(page.waiting_since))
        told = f"{lead} {self._claim_line()}" if page.state == "in_review" else lead
        self._head.html = frame.render("head.html", page=page, notes=self._notes(), lead=told)
        self._evidence.html = frame.render("evidence.html", page=page, reasons=REVEAL_REASONS)
        self._reveal.stand(is_covered=any(row.is_covered for section in page.sections for row in section.rows))
        self._mark()

    def _mark(self) -> None:
        """The answers, with those that are to be asked again."""
        page = self._page
        has_before = any(row.before or row.is_changed for section in page.sections for row in section.rows)
        can_return = page.state == "in_review" and page.is_mine and self._actor.may(Action.RETURN_ANSWERS)
        chosen = self._questions.value or ()
        self._answers.html = self._frame.render("answers.html", page=page, has_before=has_before, can_return=can_return, chosen=chosen)

    async def _read_anew(self, reason: str | None = None) -> None:
        before, frame = self._page, self._frame
        self._page = page = await open_submission(frame.services, await frame.actor(), before.id, frame.words.language, reason=reason)
        if (labels := _labels(page)) != self._questions.options:
            chosen = [each for each in self._questions.value or () if each in labels.values()]
            self._questions.param.update(options=labels, value=chosen)
        self._fill()
        if _standing(page) != _standing(before):
            self._decide()

    async def _pick(self, question: str) -> None:
        """The answer joins those to be asked again, or leaves them; what can be is checked when they are sent."""
        chosen = list(self._questions.value or [])
        if question in chosen:
            self._questions.value = [each for each in chosen if each != question]
        elif question in self._questions.options.values():
            self._questions.value = [*chosen, question]

    def _notes(self) -> list[tuple[str, str]]:
        """What a reviewer must see first: a text and its kind."""
        page, words = self._page, self._frame.words
        told: list[tuple[str, str]] = []
        if page.signer:
            told.append((listed((named(label, value, words.language) for label, value in page.signer), words.language), ""))
        if page.contact:
            channel, time = words.say(f"contact.channels.{page.contact.channel}"), words.say(f"contact.times.{page.contact.time}")
            told.append((words.say("contact.prefers", channel=channel, time=time), ""))
        if page.referral:
            told.append((words.say("submission.referral", reasons=" ".join(page.referral)), "caution"))
        elif page.indicative_cents is not None:
            told.append((words.say("submission.indicative", amount=words.money(page.indicative_cents), version=page.tariff_version), ""))
        if page.offer:
            state = words.say(f"submission.offer_states.{page.offer.state}")
            amount, until = words.money(page.offer.premium_cents), words.day(page.offer.valid_until)
            told.append((words.say("submission.offer", amount=amount, until=until, state=state), ""))
            if page.offer.reason:
                told.append((words.say("submission.offer_reason", reason=page.offer.reason), ""))
        if page.unanswered:
            told.append((words.say("submission.unanswered", questions=listed(page.unanswered, words.language)), "caution"))
        return told

    def _decide(self) -> None:
        self._decision[:] = [self._frame.heading(self._frame.words.say("submission.decide")), *self._decisions()]

    def _decisions(self) -> list[object]:
        """What the state allows, of it what this colleague may do; who may do nothing reads how it stands."""
        page, say, may = self._page, self._frame.words.say, self._actor.may
        if page.state in {"suspended", "in_review"} and not page.is_mine:
            return [self._text(self._claim_line()), *self._offered("claim", self._claim, Action.CLAIM)]
        if page.state == "in_review":
            return self._review()
        if page.state == "accepted" and page.form.startswith("quote_"):
            if not may(Action.QUOTE):
                return [self._text(say("submission.waiting_colleague"))]
            return self._quoting() if page.has_accepted_card else [self._text(say("submission.card_first"))]
        if page.state == "issue_requested":
            fields = self._frame.words.fields(page.missing)
            told = say("submission.missing", fields=fields) if page.missing else say("submission.complete")
            return [self._text(told), *self._offered("issue", self._issue, Action.ISSUE)]
        return [self._text(say("submission.waiting_customer" if page.state in {"returned", "quoted"} else "submission.done"))]

    def _offered(self, name: str, act: Callable[[], Awaitable[str]], action: Action) -> list[object]:
        return [self._act(name, act, variant="contained")] if self._actor.may(action) else []

    def _claim_line(self) -> str:
        page, words = self._page, self._frame.words
        if page.claimed_until is None:
            return words.say("submission.free")
        until = words.time(page.claimed_until)
        return (
            words.say("submission.mine", until=until) if page.is_mine else words.say("submission.other", name=page.claimed_by, until=until)
        )

    def _review(self) -> list[object]:
        can_return, can_reject = self._actor.may(Action.RETURN_ANSWERS), self._actor.may(Action.REJECT)
        return [
            *self._offered("approve", self._approve, Action.APPROVE),
            *([self._questions] if can_return else []),
            *([self._reason] if can_return or can_reject else []),
            pmui.Row(
                *([self._act("return", self._return)] if can_return else []),
                *([self._act("reject", self._reject, color="error")] if can_reject else []),
            ),
        ]

    def _quoting(self) -> list[object]:
        self._weighed = None
        self._offer[:] = [self._act("quote", self._weigh, variant="contained")]
        return [self._premium, self._premium_reason, self._offer]

    def _text(self, text: str) -> Fragment:
        return self._frame.line(text)

    def _act(
        self, name: str, act: Callable[[], Awaitable[str | None]], *, color: str = "primary", variant: str = "outlined"
    ) -> pmui.Button:
        """`act` says what was done, or None where nothing was yet."""

        async def perform() -> None:
            try:
                told = await act()
            except Refused as refused:
                if refused.reason in OVERTAKEN:
                    with contextlib.suppress(Refused):  # what was refused first is told
                        await self._read_anew()
                raise
            if told is not None:
                await show_submission(self._frame, self._page.id)
                self._frame.tell(told)

        return self._frame.button(f"buttons.{name}", perform, color=color, variant=variant)

    async def _back(self) -> None:
        from console.pages.queue import show_queue

        await show_queue(self._frame)

    async def _show_whole(self, whole: Whole) -> None:
        await self._read_anew(whole.reason)

    async def _claim(self) -> str:
        await actions.claim(self._frame.services, await self._frame.actor(), self._page.id)
        return self._frame.words.say("told.claim")

    async def _approve(self) -> str:
        await actions.approve(self._frame.services, await self._frame.actor(), self._page.id)
        return self._frame.words.say("told.approve")

    async def _return(self) -> str:
        chosen = list(self._questions.value or [])
        await actions.return_answers(self._frame.services, await self._frame.actor(), self._page.id, chosen, self._reason.value or "")
        return self._frame.words.say("told.return_answers")

    async def _reject(self) -> str:
        await actions.reject(self._frame.services, await self._frame.actor(), self._page.id, self._reason.value or "")
        return self._frame.words.say("told.reject")

    async def _weigh(self) -> None:
        """An offer that has left cannot be taken back: it is told first, and sent by another button, which stands elsewhere, as a double
        click presses what lies in the same place."""
        page, words = self._page, self._frame.words
        cents = _cents(self._premium.value or "", self._frame)
        actions.check_premium(cents, page.indicative_cents, self._premium_reason.value or "")
        amount = words.money(cents)
        if page.indicative_cents is None:
            told = words.say("submission.offering_untariffed", amount=amount)
        elif cents == page.indicative_cents:
            told = words.say("submission.offering_indicative", amount=amount)
        else:
            told = words.say("submission.offering", amount=amount, indicative=words.money(page.indicative_cents))
        text = f"{told} {words.say('submission.offer_stays')}"
        self._weighed, self._frame.notice.visible = cents, False
        self._offer[:] = [
            self._frame.html("notice.html", text=text, is_problem=False, kind="caution"),
            self._act("send_offer", self._quote, variant="contained"),
        ]

    async def _quote(self) -> str | None:
        cents = _cents(self._premium.value or "", self._frame)
        if cents != self._weighed:  # changed since it was told
            await self._weigh()
            return None
        reason = self._premium_reason.value or ""
        await actions.quote(self._frame.services, await self._frame.actor(), self._page.id, cents, reason)
        return self._frame.words.say("told.quote")

    async def _issue(self) -> str:
        number = await actions.issue(self._frame.services, await self._frame.actor(), self._page.id)
        return self._frame.words.say("told.issue", number=number)


async def show_submission(frame: Frame, submission: UUID) -> None:
    actor = await frame.actor()
    SubmissionView(frame, await open_submission(frame.services, actor, submission, frame.words.language), actor).show()


def _labels(page: OpenSubmission) -> dict[str, str]:
    """The answers that can be asked again: how each is called here, and its path."""
    return {f"{section.title} · {row.label}": row.path for section in page.sections for row in section.rows if row.can_return}


def _standing(page: OpenSubmission) -> tuple[object, ...]:
    """All that the decisions offered follow from."""
    return page.state, page.is_mine, page.claimed_by, page.claimed_until, page.has_accepted_card, page.missing


def _cents(text: str, frame: Frame) -> int:
    """As a customer's amount is read; a doubt is a refusal here: the desk writes plainly."""
    asked = Asked("premium", "money", frame.words.language, frame.today, unit=frame.services.settings.currency)
    reading = TYPES["money"].read_text(text, asked)
    if not isinstance(reading, Read):
        raise Refused(Reason.NUMBER_UNKNOWN)
    return int(Decimal(str(reading.value)) * 100)
