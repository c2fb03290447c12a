"""The filters that make markup of the house's sentences."""

from bots.web.rendering import set_links


def test_an_address_of_the_client_area_leads_there_and_no_other_does() -> None:
    said = str(set_links("<b> http://127.0.0.1:8080/area/documents https://example.org/elsewhere"))
    assert said.startswith('&lt;b&gt; <a href="/area/documents"')
    assert said.endswith("</bdi></a> https://example.org/elsewhere")


def test_no_link_leaves_the_house() -> None:
    assert 'href="/area/documents"' in set_links("https://example.org/area/documents")
