"""Before a card is accepted its namesakes are compared: who they are within one's portfolio, how many outside."""

import pytest

from console.namesakes import Namesake, Namesakes
from console.reading import open_submission
from tests.console.house import a_request, approved, give_to

pytestmark = pytest.mark.slow
OTHER = "altra@example.org"


async def test_other_cards_are_named_with_what_is_the_same_until_it_is_decided(house, request_, agent, other):
    again = await a_request(house, email=OTHER)
    page = await open_submission(house, agent, again.card, "it")
    same = ("email", "phone", "tax_code", "iban", "document")
    assert page.namesakes == Namesakes((Namesake(request_.party, request_.card, "Esempio Demetra", same),))

    await give_to(house, request_.party, other)
    assert (await open_submission(house, agent, again.card, "it")).namesakes == Namesakes((), hidden=1)
    await approved(house, agent, again.card)
    assert (await open_submission(house, agent, again.card, "it")).namesakes == Namesakes()
    assert (await open_submission(house, other, request_.card, "it")).namesakes.shown[0].party == again.party
