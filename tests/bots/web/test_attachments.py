"""What is said of a file before anything of it is kept."""

import io
import zipfile

from bots.web.attachments import refusal
from bots.web.uploads import Upload

PHOTOS = ["image/jpeg", "image/png", "application/pdf"]
MOST = 10_000_000


def an_archive(claimed: int, comment: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("carta.png", bytes(claimed))
        archive.comment = comment
    return packed.getvalue()


def test_a_small_archive_that_claims_to_hold_much_is_too_large() -> None:
    refused = refusal(Upload("carta.png", an_archive(2 * MOST)), PHOTOS, MOST)
    assert refused is not None
    assert refused.status == 413


def test_the_list_of_a_long_archive_is_not_read() -> None:
    """In one of 10 MB stand 200,000 files: reading their list took six seconds, in which nobody else was answered."""
    content = an_archive(2 * MOST, b" " * 60_000)
    refused = refusal(Upload("carta.png", content), PHOTOS, MOST)
    assert refused is not None
    assert refused.status == 415
