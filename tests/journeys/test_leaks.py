"""What customers say and what opens their conversations stands in no log of the program."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage.database import Database
from tests.program import Program, a_connection, a_customer, a_home

PLANTED = {
    "family_name": "Zzyzxplant",
    "tax_code": "ZZYDTR80C52F839G",
    "mobile": "+393339876543",
    "pec": "zzyzx.plant@pec.example.org",
    "document_number": "CA98765ZZ",
    "street": "Via Zzyzxstrada",
    "iban": "IT60X0542811101000000123456",
    "occupation": "Zzyzxmestiere",
    "account_holder": "Zzyzxtitolare",
}


@pytest.mark.slow
async def test_no_log_line_holds_personal_data_or_a_secret() -> None:
    with a_home() as home, Program(home) as program:
        async with a_connection() as http:
            customer = await a_customer(program, program.mails, http, **PLANTED).open()
            await customer.register()
            code = await customer.read_code()
            await customer.post(content=b"\xff Zzyzxplant {")
            await customer.post(json={"id": "x", "text": "Zzyzxplant " * 50_000})
            await http.get(f"{program.url}/chat", headers={"cookie": f"chat={customer.conversation}.{customer.secret}"})
            await http.get(f"{program.url}/nowhere/Zzyzxplant")
        program.stop()
        log = program.log.read_text()
        planted = [*PLANTED.values(), customer.address, customer.secret, program.password("agent@example.org"), "master_key"]
        assert [value for value in planted if value in log] == []
        assert not re.search(rf"\b{code}\b", log)


async def test_an_error_of_the_database_does_not_repeat_what_was_to_be_stored(database: Database) -> None:
    async with database.transaction() as session:
        with pytest.raises(DBAPIError) as error:
            await session.execute(text("select 1 from nowhere where name = :name"), {"name": "Zzyzxplant"})
        assert "Zzyzxplant" not in str(error.value)
        await session.rollback()
