"""What changed between two versions of a text."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from forms.differences import Change, Piece, differences, said
from forms.modules import paragraphs
from tests.forms.content import shipped


def plain(text: str) -> list[str]:
    return [part for block in paragraphs(text) for part in block.texts]


def test_a_changed_word_is_marked_within_its_paragraph() -> None:
    [change] = differences("Intro.\n\nIt counts for 24 months.", "Intro.\n\nIt counts for 12 months.")
    assert change.removed == (Piece("It counts for ", False), Piece("24", True), Piece(" months.", False))
    assert [side for side, _ in change.told] == ["was", "now"]
    assert change.added == (Piece("It counts for ", False), Piece("12", True), Piece(" months.", False))


def test_new_and_gone_paragraphs_stand_alone() -> None:
    assert differences("One.", "One.\n\nTwo.") == (Change((), (Piece("Two.", True),)),)
    assert differences("One.\n\nTwo.", "Two.") == (Change((Piece("One.", True),), ()),)


def test_paragraphs_that_share_little_are_not_mixed() -> None:
    gone, came = differences("We call on weekdays.", "Write to the house whenever it suits you, please.")
    assert (gone.told, came.told) == ((("removed", gone.removed),), (("added", came.added),))


def test_other_line_breaks_change_nothing() -> None:
    assert differences("One\ntwo.\n\n- a\n- b", "One two.\n\n- a\n- b") == ()


def test_of_chinese_single_characters_are_marked() -> None:
    [change] = differences("同意有效期为二十四个月。", "同意有效期为十二个月。")
    assert [piece.text for piece in change.removed if piece.is_changed] == ["十四"]
    assert said(change.added) == "同意有效期为十二个月。"


TEXTS = st.lists(st.sampled_from(["One.", "Two words.", "Three small words.", "## Head", "- item", "第四段。"]), max_size=6).map(
    "\n\n".join
)


@given(TEXTS, TEXTS)
def test_the_old_with_its_changes_is_the_new(before: str, after: str) -> None:
    """Nothing is left out and nothing told that did not change."""
    changes = differences(before, after)
    gone, came = Counter(said(one.removed) for one in changes), Counter(said(one.added) for one in changes)
    kept_of_old, kept_of_new = Counter({"": len(changes), **Counter(plain(before))}), Counter({"": len(changes), **Counter(plain(after))})
    kept_of_old.subtract(gone)
    kept_of_new.subtract(came)
    del kept_of_old[""], kept_of_new[""]
    assert +kept_of_old == +kept_of_new
    assert min((*kept_of_old.values(), *kept_of_new.values()), default=0) >= 0
    assert differences(before, before) == ()


def test_a_whole_module_is_compared_in_every_language() -> None:
    module = shipped.catalogue().module("privacy_marketing")
    for language, text in module.texts.items():
        [change] = differences(text, f"{text}\n\nDEMO")
        assert (change.removed, said(change.added)) == ((), "DEMO"), language
