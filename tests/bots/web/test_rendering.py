"""The filters that make markup of the house's sentences."""

from types import SimpleNamespace

import httpx

from bots.web.rendering import environment, set_addresses, set_links, set_paper
from bots.web.wording import furniture, word
from tests.browser.gallery import gallery


def test_an_address_of_the_client_area_leads_there_and_no_other_does() -> None:
    said = str(set_links("<b> http://127.0.0.1:8080/area/documents https://example.org/elsewhere"))
    assert said.startswith('&lt;b&gt; <a href="/area/documents"')
    assert said.endswith("</bdi></a> https://example.org/elsewhere")


def test_no_link_leaves_the_house() -> None:
    assert 'href="/area/documents"' in set_links("https://example.org/area/documents")


def test_a_paper_s_number_stays_whole_and_from_the_left() -> None:
    assert str(set_links("پیشنهاد O-2026-000010 رسید")) == 'پیشنهاد <bdi dir="ltr" class="number">O-2026-000010</bdi> رسید'
    assert str(set_links("<b> ABC-2026-000010")) == "&lt;b&gt; ABC-2026-000010"


def test_no_middle_dot_stands_beside_persian_digits() -> None:
    """There it reads as a zero."""
    assert "·" not in word(furniture("fa"), "between")


async def seen(path: str) -> str:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=gallery()), base_url="http://127.0.0.1") as client:
        return (await client.get(path)).text


async def test_a_quote_s_review_shows_the_price_that_is_confirmed_before_it_asks() -> None:
    page = await seen("/it/quote_review")
    assert page.index("462,87 €") < page.index("Indicativo, non è un’offerta") < page.index('id="confirm"')
    assert page.count(">Come nasce il prezzo<") == 2  # once to unfold, once as the name of its table


async def test_an_address_breaks_behind_its_at_sign_first() -> None:
    assert "demo.cliente@<wbr>example.org" in await seen("/it/ask")


async def test_a_part_s_first_question_stands_where_the_next_ones_do() -> None:
    first, later = await seen("/it/choice"), await seen("/it/ask")
    assert 'class="room with-card"' in first
    assert 'class="room with-card"' in later
    assert first.index('class="progress"') < first.index("<main")


def test_a_persian_comma_between_latin_words_belongs_to_the_sentence() -> None:
    assert str(set_paper("نهاد حفاظت (Garante، www.garanteprivacy.it) و IVASS، نهاد")) == (
        "<p>نهاد حفاظت (Garante،\u200f www.garanteprivacy.it) و IVASS، نهاد</p>"
    )


def test_an_example_keeps_its_order_in_a_field_from_the_right() -> None:
    talk = environment().from_string("{% from 'parts.html' import talk with context %}{{ talk() }}")
    words = SimpleNamespace(talk="", send="", offline="", news="", news_open="")
    for language, shown in (("fa", "\u2068333 123 4567\u2069"), ("zh", "333 123 4567")):
        page = SimpleNamespace(action="/chat", turn=1, language=language)
        assert f'placeholder="{shown}"' in talk.render(page=page, view=SimpleNamespace(ask=None, example="333 123 4567"), w=words)


def test_a_telephone_number_stays_whole_and_from_the_left() -> None:
    assert str(set_links("شماره: +39 333 123 4567.")) == 'شماره: <bdi dir="ltr" class="number">+39 333 123 4567</bdi>.'


def test_an_address_breaks_behind_its_sign() -> None:
    assert str(set_addresses("<demo>@example.org")) == "&lt;demo&gt;@<wbr>example.org"
    value = environment().from_string("{% from 'parts.html' import value with context %}{{ value('demo@example.org', True) }}")
    assert value.render(w={}, view=None) == '<bdi dir="ltr">demo@<wbr>example.org</bdi>'


def test_what_was_written_in_a_talk_keeps_the_order_of_its_numbers() -> None:
    spoken = environment().from_string("{% from 'parts.html' import spoken with context %}{{ spoken() }}")
    line = SimpleNamespace(who="customer", name="Demetra", text="<b> +39 333 123 4567")
    page = SimpleNamespace(talk=SimpleNamespace(lines=[line]))
    shown = spoken.render(page=page, view=None, w={})
    assert '<bdi>&lt;b&gt; <bdi dir="ltr" class="number">+39 333 123 4567</bdi></bdi>' in shown


def test_what_the_house_said_is_written_from_where_the_page_is() -> None:
    """An agency's Latin name at its beginning would turn a Persian sentence around."""
    spoken = environment().from_string("{% from 'parts.html' import spoken with context %}{{ spoken() }}")
    line = SimpleNamespace(who="house", name="", text="\u2068Agenzia Demo\u2069 پرونده را بررسی کرد.")
    shown = spoken.render(page=SimpleNamespace(talk=SimpleNamespace(lines=[line])), view=None, w={"speaker": {"house": "پیشخوان"}})
    assert f"<p>{line.text}</p>" in shown
