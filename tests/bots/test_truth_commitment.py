"""S4-27, S4-28: the commitment to true data, walked through the real turns of a house whose broker switched it on, down to the receipt."""

import pytest

from bots import receipts
from storage.acts import read_acts
from storage.documents import documents_of
from storage.parties import open_party
from tests.bots.house import a_house, the_receipts
from tests.builders import a_suspended_registration
from tests.dialogs.test_truth_commitment import COMMITMENT, switched_on
from tests.forms.papers.reading import all_text, squeezed

pytestmark = pytest.mark.slow


async def test_s4_28_it_stands_in_the_chain_and_on_the_receipt(database_url, tmp_path, one_printer):
    switched_on(tmp_path / "home" / "catalog")
    async with a_house(database_url, tmp_path / "home") as house:
        case = await a_suspended_registration(house, **{COMMITMENT: "confirm"})
        receipts.register(house).printers = one_printer
        async with house.database.transaction() as session:
            owner = await open_party(session, house.keys, case.party)
            acts = await read_acts(session, owner)
            (receipt,) = await the_receipts(session, case.party)
        await receipts.deliver_receipt(str(receipt.id))
        (act,) = [act for act in acts if act.question == COMMITMENT]
        assert (act.answer, act.facts["text_sha256"]) == ("confirm", house.catalogue.module("truth_commitment").text_sha256("it"))
        assert acts.index(act) < next(n for n, other in enumerate(acts) if other.question == "registration_person.confirm")
        async with house.database.transaction() as session:
            (document,) = await documents_of(session, case.party)
        printed = all_text(await house.documents.read(owner, document))
    assert squeezed("Impegno a dati veri") in printed
