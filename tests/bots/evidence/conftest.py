"""One customer with a past and their bundle, for all tests of a file: receipts printed, two roots, a change of the key."""

import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest_asyncio

from bots.evidence.bundle import write_bundle
from bots.ledger import keep_ledger
from bots.workshop import Workshop
from dialogs.effects import Effect, RecordAct
from dialogs.services import Services
from storage.ledger.keys import Signer
from tests.bots.conftest import working
from tests.bots.house import AT, a_customer, a_house, a_quote, a_registration
from tests.bots.test_receipts import settled
from tests.conftest import created
from tests.forms.content import shipped
from tests.timestamp_authority import Authority, timestamp_authority


@dataclass
class Evidence:
    house: Services
    shop: Workshop
    party: UUID
    path: Path
    authority: Authority

    @property
    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.path) as packed:
            return {name: packed.read(name) for name in packed.namelist()}

    async def make(self, name: str, party: UUID | None = None) -> Path:
        out = self.path.with_name(name)
        await write_bundle(self.house, self.shop.signer, self.shop.press, party or self.party, out)
        return out


@pytest_asyncio.fixture(scope="session")
async def evidence(server_url: str, template: str, tmp_path_factory, one_printer) -> AsyncIterator[Evidence]:
    home = tmp_path_factory.mktemp("evidence")
    with created(server_url, f"sospeso_evidence_{home.name}", template=template) as url, timestamp_authority() as authority:
        pem = authority.write_certificate(home / "authority.pem")
        async with a_house(url, home / "home", shipped.catalogue(), tsa_url=authority.url, tsa_certificates=pem) as house:
            signer = Signer(house.settings.ledger_folder)
            await a_customer(house, *a_registration(), emails=("other@example.org",))
            _, registration = a_registration()
            party = await a_customer(house, *the_acts(), registration)
            await keep_ledger(replace(house, clock=lambda: AT), signer)
            async with working(one_printer, house) as shop:
                await settled(house)
                async with house.database.transaction() as session:
                    _, old = await signer.rotate(session, AT)
                signer.retire(old)
                await a_customer(house, a_quote())
                await keep_ledger(replace(house, clock=lambda: AT + timedelta(days=1)), signer)
                await settled(house)
            # Its worker has ended: other tests of this process begin their own.
            made = Evidence(house, shop, party, home / "bundle.zip", authority)
            await made.make("bundle.zip")
            yield made


def the_acts() -> list[Effect]:
    """On the very texts of the catalogue, as the conversation records them."""
    given = []
    for code, kind, question, answer in (
        ("electronic_collection", "authorisation", "act", "accept"),
        ("privacy_insurance", "notice", "act", "seen"),
        ("privacy_marketing", "consent", "act_email", "refuse"),
        ("privacy_marketing", "consent", "act_post", "accept"),
    ):
        module = shipped.catalogue().module(code)
        path, text = f"modules.{code}.{question}", module.text_sha256("it")
        given.append(RecordAct(path, code, module.version, kind, answer, text, text, "it", AT))
    return given
