"""Nobody is lured into another's conversation."""

import httpx

from tests.bots.web.conftest import Made, Robot, a_client


async def test_over_https_a_cookie_that_a_neighbouring_site_could_set_is_not_believed(made: Made) -> None:
    services = made.services()
    async with a_client(services) as attacker:
        robot = await Robot(attacker).open()
    for name, status in (("chat", 404), ("__Host-chat", 200)):
        async with a_client(services, cookies={name: f"{robot.conversation}.{robot.secret}"}) as victim:
            victim.base_url = httpx.URL("https://127.0.0.1")
            assert (await victim.get(robot.path)).status_code == status
