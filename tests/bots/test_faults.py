"""What a log says of an outage: also why, where the disk tells, and no name of a file."""

from pathlib import Path

import pytest

from bots.faults import outage_of
from storage.documents import DocumentStores, UnreachableError


async def test_why_the_disk_did_not_take_a_document_is_told_without_its_name(tmp_path: Path) -> None:
    documents = DocumentStores((tmp_path / "first").as_uri(), (tmp_path / "copy").as_uri())
    with pytest.raises(UnreachableError) as error:
        await documents.keep_in_both("x" * 300, b"a list")
    assert outage_of(error.value) == "UnreachableError (File name too long)"


async def test_a_store_that_is_gone_has_no_more_to_say(tmp_path: Path) -> None:
    documents = DocumentStores((tmp_path / "first").as_uri(), (tmp_path / "copy").as_uri())
    (tmp_path / "first").rmdir()
    with pytest.raises(UnreachableError) as error:
        await documents.keep_in_both("list", b"a list")
    assert outage_of(error.value) == "UnreachableError"


def test_a_mail_on_a_full_disk_says_so() -> None:
    assert outage_of(OSError(28, "No space left on device", "/srv/mail/tmp/0192")) == "OSError (No space left on device)"
