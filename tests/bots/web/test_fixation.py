"""Nobody is lured into another's conversation."""

import httpx
from starlette.requests import Request

from bots.web.access import Doors
from tests.bots.web.conftest import Made, Robot, a_client


async def test_over_https_a_cookie_that_a_neighbouring_site_could_set_is_not_believed(made: Made) -> None:
    services = made.services()
    async with a_client(services) as attacker:
        robot = await Robot(attacker).open()
    for name, status in (("chat", 404), ("__Host-chat", 200)):
        async with a_client(services, cookies={name: f"{robot.conversation}.{robot.secret}"}) as victim:
            victim.base_url = httpx.URL("https://127.0.0.1")
            assert (await victim.get(robot.path)).status_code == status


def test_where_the_house_is_reached_over_https_no_form_of_a_page_without_it_is_believed() -> None:
    """Behind a proxy each request comes by http: who is between the customer and `http://` of the same name could write such a page."""
    headers = [(b"host", b"chat.example.org")]

    def is_believed(origin: bytes, public_url: str, scheme: str = "http") -> bool:
        scope = {"type": "http", "method": "POST", "scheme": scheme, "path": "/chat", "query_string": b""}
        return Doors(public_url, ()).is_own_origin(Request(scope | {"headers": [*headers, (b"origin", origin)]}))

    assert is_believed(b"https://chat.example.org", "https://chat.example.org")
    assert not is_believed(b"http://chat.example.org", "https://chat.example.org")
    assert is_believed(b"http://chat.example.org", "http://127.0.0.1:8080")
    assert is_believed(b"https://chat.example.org", "https://other.example.org", "https")
