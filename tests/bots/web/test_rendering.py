"""The filters that make markup of the house's sentences."""

from bots.web.rendering import set_links
from bots.web.wording import furniture, word


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
