"""A card prepared for a customer: the catalogue's own questions in their order, and what still waits for its customer."""

from collections.abc import Mapping
from uuid import UUID

import panel_material_ui as pmui

from console.pages.exports import CHOICE, FIELD, ROW
from console.pages.fragment import Fragment
from console.pages.shell import Frame
from console.preparing import SOURCES, Typed, list_prepared, prepare, withdraw_prepared
from dialogs import wording
from dialogs.journey import EMAIL
from dialogs.preparing import NotPrepared, Prepared, steps_to_prepare
from forms.cards import CARD_OF_FORM, PERSON
from forms.flow import Step, worded_choices
from forms.model import Words
from forms.types.showing import listed, named
from rules.refusals import Reason, Refused

SHEET = {"gap": "20px 16px", "alignItems": "flex-start", "paddingBlockStart": "8px"}
NONE = "—"  # an empty value would leave the label where the chosen word stands
WIDTH = 300  # two or three beside each other, and one on a phone

type Field = pmui.TextInput | pmui.Select


class PrepareView:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        words, languages = frame.words, frame.services.settings.languages
        kinds = {text: form for form, text in words.of("prepare.kinds").items()}
        sources = {words.of("prepare.sources")[each]: each for each in SOURCES}
        self._kind = self._select("prepare.kind", kinds, PERSON.form)
        self._source = self._select("prepare.source", {NONE: NONE, **sources}, NONE)
        self._language = self._select("prepare.language", {wording.say(each, "language_name"): each for each in languages}, languages[0])
        self._email = pmui.TextInput(label=words.say("prepare.email"), width=320, **FIELD)
        self._fields: dict[str, Field] = {}
        self._typed: dict[str, str] = {}
        """By the name of the question, which is one for all kinds of customers."""
        self._sheet = pmui.Column(sizing_mode="stretch_width", margin=0)
        self._list = Fragment(sizing_mode="stretch_width", margin=0)
        self._list.on_press(self._withdraw)
        self._kind.param.watch(lambda _event: self._turn(), "value")

    async def show(self) -> None:
        frame = self._frame
        self._lay_out()
        await self._load()
        frame.locate()
        frame.show(
            frame.html("title.html", title=frame.words.say("prepare.title"), lead=frame.words.say("prepare.lead")),
            pmui.FlexBox(self._kind, self._source, self._email, self._language, sizing_mode="stretch_width", sx=ROW),
            self._sheet,
            frame.button("prepare.send", self._send, margin=0, variant="contained"),
            self._frame.heading(frame.words.say("prepare.waiting")),
            self._list,
        )

    def _turn(self) -> None:
        """To another kind of customer: what both are asked stands there at once, the rest when it is turned back."""
        self._typed |= {_name(path): _told(field) for path, field in self._fields.items()}
        self._lay_out()

    def _lay_out(self) -> None:
        """The questions of that kind of customer with what was typed before; those of groups come in the conversation."""
        form, words = self._frame.services.catalogue.form(self._form), self._words()
        self._fields = {}
        parts: list[object] = []
        for section in form.sections:
            steps = [step for step in steps_to_prepare(form) if step.section == section.name and step.group is None]
            if steps:
                self._fields |= {step.key: self._field(step, words) for step in steps}
                parts.append(self._frame.heading(words.sections[section.name].title))
                parts.append(pmui.FlexBox(*(self._fields[step.key] for step in steps), sizing_mode="stretch_width", sx=SHEET))
        self._sheet[:] = parts

    @property
    def _form(self) -> str:
        """What a browser sends back is one of ours, or the first."""
        return self._kind.value if self._kind.value in CARD_OF_FORM else PERSON.form

    def _words(self) -> Words:
        return self._frame.services.catalogue.words(self._form, self._frame.words.language, party_kind=CARD_OF_FORM[self._form].kind)

    def _field(self, step: Step, words: Words) -> Field:
        assert step.question is not None  # noqa: S101 - only questions are prepared
        label, typed = words.questions[step.question.name].label, self._typed.get(step.question.name, "")
        if step.question.type == "choice":
            options = {
                NONE: NONE,
                **{each.label: each.value for each in worded_choices(step.question, words, CARD_OF_FORM[self._form].kind)},
            }
            return pmui.Select(label=label, options=options, value=typed if typed in options.values() else NONE, width=WIDTH, **CHOICE)
        return pmui.TextInput(label=label, value=typed, width=WIDTH, **FIELD)

    def _select(self, key: str, options: Mapping[str, str], value: str) -> pmui.Select:
        return pmui.Select(label=self._frame.words.say(key), options=dict(options), value=value, width=260, **CHOICE)

    async def _send(self) -> None:
        frame = self._frame
        values = {path: _told(field) for path, field in self._fields.items()}
        typed = Typed(
            form=self._form,
            email=_told(self._email),
            source=_told(self._source),
            language=self._language.value,
            values=values,
            typed_in=frame.words.language,
        )
        match await prepare(frame.services, await frame.actor(), typed):
            case NotPrepared(problems=problems):
                self._mark(problems)
                raise Refused(Reason.NOT_POSSIBLE_NOW, state="prepared_wrong")
            case Prepared(doubts=doubts):
                told = self._worded(doubts)
                self._email.value = ""
                self._mark({})
                self._typed.clear()
                self._lay_out()
                await self._load()
                frame.tell(told)

    def _mark(self, problems: Mapping[str, str]) -> None:
        """Beside each field what is wrong with it; what was typed stays."""
        for path, field in {**self._fields, EMAIL: self._email}.items():
            field.param.update(error_state=path in problems, helper_text=problems.get(path, ""))

    def _worded(self, doubts: Mapping[str, str]) -> str:
        words = self._frame.words
        if not doubts:
            return words.say("told.prepare_card")
        labels = {path: field.label for path, field in {**self._fields, EMAIL: self._email}.items()}
        told = listed((named(labels[path], text, words.language) for path, text in doubts.items()), words.language)
        return words.say("told.prepare_doubts", doubts=told)

    async def _withdraw(self, pressed: str) -> None:
        frame = self._frame

        async def withdraw() -> None:
            await withdraw_prepared(frame.services, await frame.actor(), UUID(pressed))
            await self._load()
            frame.tell(frame.words.say("told.withdraw_prepared"))

        await frame.pressed(withdraw)

    async def _load(self) -> None:
        frame = self._frame
        self._list.html = frame.render("prepared.html", rows=await list_prepared(frame.services, await frame.actor()))


def _name(path: str) -> str:
    return path.rpartition(".")[2]


def _told(field: Field) -> str:
    return "" if field.value in {None, NONE} else str(field.value)


async def show_prepare(frame: Frame) -> None:
    await PrepareView(frame).show()
