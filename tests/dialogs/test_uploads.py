"""Files as answers: a turn says which it has taken, and which nobody names any more."""

from dialogs.effects import SettleUploads
from dialogs.events import Uploaded
from tests.dialogs.driver import PERSON, Talk
from tests.forms.content import shipped

FRONT = "registration_person.document.document_front"


def a_file(name: str, size: int = 10) -> dict[str, str | int]:
    return {"document": name, "name": "a.jpg", "media_type": "image/jpeg", "bytes": size, "sha256": "0" * 64}


def settled(talk: Talk) -> list[SettleUploads]:
    return [each for each in talk.effects if isinstance(each, SettleUploads)]


def at_front() -> Talk:
    talk = Talk(shipped.catalogue())
    talk.play(PERSON, until=FRONT)
    return talk


def test_a_file_is_taken_and_let_go_of_once_another_has_its_place() -> None:
    talk = at_front()
    talk.send(Uploaded(FRONT, a_file("1")))
    assert settled(talk)[-1] == SettleUploads(("1",), (), ("1",))
    talk.command("change", FRONT)
    assert len(settled(talk)) == 1, "the old one stands until there is another"
    talk.send(Uploaded(FRONT, a_file("2")))
    assert settled(talk)[-1] == SettleUploads(("2",), ("1",), ("2",))
    talk.command("change", FRONT)
    talk.command("skip")
    assert settled(talk)[-1] == SettleUploads((), ("2",))


def test_a_file_that_is_refused_is_let_go_of_at_once() -> None:
    talk = at_front()
    talk.send(Uploaded(FRONT, a_file("1", size=0)))
    assert settled(talk) == [SettleUploads((), ("1",))]
    assert talk.state.open == FRONT
