"""S0-43: what a colleague sees of the agency's other programs: lists that came by themselves, files that were refused, targets that hear nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from console.acting import Actor
from console.programs import Trouble, list_program_trouble, list_sources
from console.releasing import decide_row, list_imports, open_import
from console.syncing import list_targets, retry
from console.wording import Wording
from dialogs.services import Services
from forms.programs import Programs
from rules.access import Role
from rules.imports import Decision, Outcome
from rules.languages import LANGUAGES
from rules.refusals import Reason, Refused
from storage.prepared import open_prepared_cards, read_sheet
from tests.bots.sync.house import NAME, SOURCE, a_client, synced, with_source, with_target
from tests.bots.sync.test_arriving import LIST, WRONG, looked
from tests.console.house import AT, Clock, a_colleague

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "theirs"
    made.mkdir()
    return made


def words_of(house: Services, language: str = "it") -> Wording:
    return Wording(language, house.settings.zone, house.settings.currency)


async def test_a_list_that_came_by_itself_is_released_by_a_manager_and_by_nobody_else(
    house: Services, folder: Path, manager: Actor, agent: Actor
) -> None:
    house = with_source(house, folder)
    (folder / "clienti.csv").write_text(LIST)
    await looked(house)
    (line,) = await list_imports(house, manager)
    assert (line.program, line.by, line.waiting) == (SOURCE, "", {"new": 1})
    with pytest.raises(Refused) as refused:
        await list_imports(house, agent)
    assert refused.value.reason is Reason.NOT_ALLOWED
    (row,) = (await open_import(house, manager, line.id, Outcome.NEW, words_of(house))).rows
    await decide_row(house, manager, row.id, Decision.RELEASED)
    async with house.database.transaction() as session:
        sheets = [read_sheet(house.keys, each) for each in await open_prepared_cards(session, house.clock())]
    assert [(sheet.email, sheet.colleague) for sheet in sheets] == [("nuova@example.org", manager.name)]


async def test_a_refused_file_is_told_with_its_reason_until_somebody_has_looked_after_it(
    house: Services, folder: Path, manager: Actor, agent: Actor, clock: Clock
) -> None:
    """Neither the next one that is read nor one that was read before says that they have."""
    house = with_source(house, folder)
    (row,) = await list_sources(house, manager, words_of(house))
    assert (row.name, row.is_within_reach, row.last_at, row.refused) == (SOURCE, True, None, ())
    assert await list_program_trouble(house, agent) == Trouble({}, {}, (), fault="")
    (folder / "clienti.csv").write_text(WRONG)
    folders = await looked(house)
    (row,) = await list_sources(house, manager, words_of(house, "en"))
    (refused,) = row.refused
    assert (row.problem, refused.name, refused.at) == ("import_unknown_columns", "clienti.csv", AT)
    assert refused.reason == "I do not know these columns: SEGRETO. Name them in a mapping, or choose to leave them out."
    assert (await list_program_trouble(house, agent)).refused == {SOURCE: AT}
    with pytest.raises(Refused):
        await list_sources(house, agent, words_of(house))

    for content in (LIST, LIST, LIST.replace("nuova", "altra")):
        clock.pass_(minutes=1)
        (folder / "clienti.csv").write_text(content)
        await looked(house, folders)
        (row,) = await list_sources(house, manager, words_of(house))
        assert (row.last_at, row.problem, [each.at for each in row.refused]) == (house.clock(), None, [AT])
        assert (await list_program_trouble(house, agent)).refused == {SOURCE: AT}
    (put,) = folder.glob("refused/*.csv")
    put.rename(folder / "mended.csv")
    (folder / "mended.csv").write_text(LIST.replace("nuova", "mended"))
    await looked(house, folders)
    (row,) = await list_sources(house, manager, words_of(house))
    assert (row.problem, row.refused, (await list_program_trouble(house, agent)).refused) == (None, (), {})


async def test_a_refused_file_that_is_moved_back_as_it_was_is_told_once(
    house: Services, folder: Path, manager: Actor, clock: Clock
) -> None:
    house = with_source(house, folder)
    (folder / "clienti.csv").write_text(WRONG)
    folders = await looked(house)
    clock.pass_(minutes=1)
    (put,) = folder.glob("refused/*.csv")
    put.rename(folder / "clienti.csv")
    await looked(house, folders)
    (row,) = await list_sources(house, manager, words_of(house))
    assert [each.at for each in row.refused] == [house.clock()]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_trouble_has_its_sentence(house: Services, language: str) -> None:
    words = words_of(house, language)
    for key in ("given_up", "list_refused", "out_of_reach", "programs_fault", "programs_away"):
        told = words.say(f"messages.{key}", name=NAME, since="oggi", at="oggi", error="x")
        assert NAME in told or key.startswith("programs_")
    assert words.refusal(Refused(Reason.NOT_POSSIBLE_NOW, state="import_unforeseen")) != words.refusal(Refused(Reason.NOT_POSSIBLE_NOW))


async def test_a_target_that_was_given_up_is_told_until_it_is_taken(house: Services, folder: Path, manager: Actor, agent: Actor) -> None:
    """Also to those who see nothing of synchronisation: they know whom to tell."""
    house = with_target(house, "drop", folder=str(folder / "mounted"))
    await a_client(house)
    await synced(house)
    assert (await list_program_trouble(house, agent)).given_up == {NAME: (AT, "folder")}
    (folder / "mounted").mkdir()
    await retry(house, manager, NAME)
    assert (await list_program_trouble(house, agent)).given_up == {}


async def test_a_folder_out_of_reach_is_told(house: Services, folder: Path) -> None:
    house = with_source(house, folder / "mounted")
    manager = await a_colleague(house, Role.MANAGER, "Demo Responsabile")
    assert [row.is_within_reach for row in await list_sources(house, manager, words_of(house))] == [False]
    assert (await list_program_trouble(house, manager)).out_of_reach == (SOURCE,)


async def test_files_of_programs_that_are_away_are_told_and_no_page_fails(house: Services, tmp_path: Path, manager: Actor) -> None:
    folder = tmp_path / "catalog" / "sync"
    folder.mkdir(parents=True)
    (folder / f"{NAME}.yaml").write_text(f"{{kind: drop, list: clients, purpose: Programma di prova, folder: {tmp_path}}}")
    house = replace(house, programs=Programs.load(folder.parent, house.catalogue))
    folder.rename(folder.with_name("away"))
    folder.touch()
    assert (await list_program_trouble(house, manager)).fault == "messages.programs_away"
    assert [row.name for row in await list_targets(house, manager)] == [NAME]
    assert await list_sources(house, manager, words_of(house)) == ()
    folder.unlink()
    folder.with_name("away").rename(folder)
    assert (await list_program_trouble(house, manager)).fault == ""


async def test_a_source_that_is_refused_all_the_time_hides_no_other(house: Services, folder: Path, manager: Actor, clock: Clock) -> None:
    quiet = folder / "quiet"
    quiet.mkdir()
    of_quiet, of_loud = with_source(house, quiet).sources[SOURCE], with_source(house, folder).sources[SOURCE]
    house = replace(house, programs=Programs({}, {"quiet": of_quiet, "loud": of_loud}))
    (quiet / "clienti.csv").write_text(WRONG)
    folders = await looked(house)
    clock.pass_(minutes=1)
    for number in range(21):
        (folder / f"{number}.csv").write_text(WRONG)
    await looked(house, folders)
    told = {row.name: len(row.refused) for row in await list_sources(house, manager, words_of(house))}
    assert told == {"quiet": 1, "loud": 20}
    assert set((await list_program_trouble(house, manager)).refused) == {"quiet", "loud"}
