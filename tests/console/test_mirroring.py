"""The console in languages that are written from right to left."""

import pytest

from console.mirroring import in_language, page_template
from rules.languages import LANGUAGES


def test_a_page_says_its_language_and_direction():
    assert in_language('<!DOCTYPE html>\n<html lang="en" data-x>', "fa") == '<!DOCTYPE html>\n<html lang="fa" dir="rtl" data-x>'
    assert in_language('<html lang="en">', "it") == '<html lang="it" dir="ltr">'


@pytest.mark.parametrize("changed", ["<html>", "<html lang='en'>", '<html class="x" lang="en">', ""])
def test_a_template_that_says_it_otherwise_is_refused(changed):
    with pytest.raises(LookupError, match="panel-material-ui"):
        in_language(changed, "fa")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_that_we_have_says_it_as_we_think(language):
    assert f'<html lang="{language}" dir=' in page_template(language)
