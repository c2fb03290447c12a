"""Lint: every code is shown by a catalogue with one fault planted; a sound one is silent; findings say file, line, conversation."""

import re
from datetime import date
from pathlib import Path

import pytest

from forms.files import SHIPPED
from forms.lint import CODES, Finding, lint, lint_folders
from forms.records import write_records
from tests.forms.folders import MODULE, MODULE_TEXT, VISIT_FORM, VISIT_WORDS, a_folder, a_visit

TODAY = date(2026, 11, 22)


def found_in(folder: Path, languages: tuple[str, ...] = ("it", "en")) -> list[Finding]:
    return lint_folders((folder,), languages, TODAY)


def with_items(items: str, root: Path) -> list[Finding]:
    """Findings in the structure of a form of these items, one a line."""
    lines = "".join(f"\n          - {item}" for item in items.strip().splitlines() for item in [item.strip()])
    form = f"    form: visit\n    sections:\n      - section: when\n        items:{lines}\n"
    a_visit(root, form=form)
    return [finding for finding in found_in(root) if finding.file.name == "form.yaml"]


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_our_own_catalogue_has_nothing_to_mend() -> None:
    assert [finding for finding in lint(today=TODAY) if finding.severity == "error"] == []


def test_a_brokers_folder_is_judged_over_ours(tmp_path: Path) -> None:
    a_folder(tmp_path, {"registration_person/en.yaml": VISIT_WORDS})
    found = lint(tmp_path, today=TODAY)
    assert {finding.code for finding in found if finding.file.is_relative_to(tmp_path)} == {"F041", "F042", "F044"}


def test_a_sound_folder_has_no_findings(tmp_path: Path) -> None:
    assert found_in(a_visit(tmp_path)) == []


BASE = "{name: need, type: choices, choices: [home, theft]}\n{name: rooms, type: integer, min: 1, max: 9}\n{name: owner, type: yes_no}\n"

PLANTED = {
    "condition that is no CEL": ("F010", "{name: x, type: text, ask_if: 'rooms >'}"),
    "typo behind an or": ("F011", "{name: x, type: text, ask_if: 'owner || roms > 3 || true'}"),
    "unknown function": ("F012", "{name: x, type: text, ask_if: 'largest(rooms, 3) > 2'}"),
    "method that the library has not": ("F012", '{name: x, type: text, ask_if: \'"a".lowerAscii() == "a" && owner\'}'),
    "typo in what may be skipped": ("F011", "{name: x, type: text, optional_if: ownr}"),
    "sum of others outside of a group": ("F011", "{name: x, type: integer, checks: [{code: much, when: this + others > 3}]}"),
    "count of a group before it": (
        "F013",
        "{name: x, type: text, ask_if: item > 1}\n{group: item, questions: [{name: inner, type: yes_no}]}",
    ),
    "later answer": ("F013", "{name: x, type: text, ask_if: later}\n{name: later, type: yes_no}"),
    "itself": ("F013", "{name: x, type: yes_no, ask_if: x}"),
    "group's answer outside": (
        "F014",
        "{group: item, questions: [{name: inner, type: yes_no}]}\n{name: x, type: text, ask_if: inner}",
    ),
    "later answer of the same item": (
        "F013",
        "{group: item, questions: [{name: first, type: yes_no, ask_if: second}, {name: second, type: yes_no}]}",
    ),
    "never true": ("F016", "{name: x, type: text, ask_if: 'rooms > 9'}"),
    "never true with its branch": (
        "F016",
        "{name: a, type: yes_no, ask_if: owner}\n{name: x, type: text, ask_if: 'a && !owner'}",
    ),
    "choice that there is not": ("F017", "{name: x, type: text, ask_if: '\"fire\" in need'}"),
    "choice that there is not, among": (
        "F017",
        '{name: kind, type: choice, choices: [a, b]}\n{name: x, type: text, ask_if: \'kind in ["a", "c"]\'}',
    ),
    "number with a string": ("F018", "{name: x, type: text, ask_if: 'rooms == \"3\"'}"),
    "list with a string": ("F018", "{name: x, type: text, ask_if: 'need == \"theft\"'}"),
    "integer with a double": ("F018", "{name: x, type: text, ask_if: 'rooms * 0.4 > 1.0'}"),
    "no truth value": ("F019", "{name: x, type: text, ask_if: 'rooms + 1'}"),
    "pattern made of an answer": (
        "F020",
        "{name: a, type: text}\n{name: x, type: text, checks: [{code: c, when: 'this.matches(a)'}]}",
    ),
    "quick after slow": ("F021", "{name: x, type: text, quick: true, ask_if: owner}"),
    "name twice": ("F030", "{name: owner, type: text}"),
    "other type in a group": ("F030", "{group: item, questions: [{name: owner, type: text}]}"),
    "choice twice": ("F031", "{name: x, type: choice, choices: [a, b, a]}"),
    "exclusive that is no choice": ("F031", "{name: x, type: choices, choices: [a, b], exclusive: [none]}"),
    "choice without choices": ("F032", "{name: x, type: choice}"),
    "choices of a text": ("F032", "{name: x, type: text, choices: [a]}"),
    "length of an integer": ("F032", "{name: x, type: integer, max_length: 3}"),
    "computed without computation": ("F032", "{name: x, type: computed}"),
    "bound of another kind": ("F033", "{name: x, type: date, min: year}"),
    "bound that is nothing": ("F033", "{name: x, type: date, max: tomorrow-1}"),
    "least above most": ("F033", "{name: x, type: integer, min: 5, max: 4}"),
    "bound by a later answer": ("F033", "{name: x, type: integer, max: last}\n{name: last, type: integer}"),
    "bound by another type": ("F033", "{name: x, type: date, min: rooms}"),
    "prefill from nowhere": ("F034", "{name: x, type: text, prefill: registration_person.residence.road}"),
    "prefill of another type": ("F034", "{name: x, type: text, prefill: visit.when.rooms}"),
    "unknown rule": ("F035", "{name: x, type: text, checks: [{code: c, rule: moon_phase}]}"),
    "unknown computation": ("F035", "{name: x, type: computed, computed: moon_phase}"),
    "rule without what it reads": ("F036", "{name: postcode, type: postcode, checks: [{code: c, rule: postcode_in_municipality}]}"),
    "proposal of another type": ("F036", "{name: x, type: text, propose: card_adults}"),
    "count that is no integer": ("F037", "{group: item, count: owner, questions: [{name: inner, type: yes_no}]}"),
}


BOUNDED = BASE + (
    "{name: area, type: integer, min: 15, max: 2000}\n{name: built, type: integer, min: 1000, max: year}\n"
    '{name: value, type: money, min: 1, max: 500000}\n{name: power, type: number, min: "0.5", max: "30"}\n'
    "{name: begins, type: date, min: today, max: today+1y}\n{name: street, type: text}\n{name: born_in, type: country}\n"
)
NEVER = [
    "area > 2000", "area < 15", "area < -3", "2000 < area", "area in [14, 2001]", "area > 100 && area < 90 && owner", "area == 20 && area == 30",
    "area > 30 && area < 31", "built > 3000", "built < 1000", "value < 0", "value < 100", "value > 50000000", "value > 900 && value < 901",
    "power > 50.0", "power < 0.5", "power > 2.0 && power < 2.0", "begins < today", 'begins < timestamp("2026-11-22T00:00:00Z")',
    'begins > timestamp("2500-01-01T00:00:00Z")', 'street == "" && street == "x"', 'born_in == "IT" && born_in == "FR"',
    'born_in in ["IT", "FR"] && born_in == "ES"', 'street == "x" && street != "x"', "(owner ? area > 2000 : area < 15)", "unanswered_needs > 2",
]  # fmt: skip
ASKABLE = [
    "area > 1999", "area == 15", "area in [14, 15]", "area > 30 && area < 32", "built > 2030", "value == 100", "value >= 50000000",
    "power > 29.9", "power > 2.0 && power < 2.1", "begins == today", 'begins > timestamp("2030-01-01T00:00:00Z")', "this_year == 2031",
    'today > timestamp("2031-02-01T00:00:00Z") && today < timestamp("2031-03-01T00:00:00Z")', 'street != "x" && street != "xx"',
    'street.startsWith("Via") && street != "Via"', 'born_in != "IT" && born_in != "FR"', "area * 2 > 3999", "area > rooms * 200",
    "size(street) > 30", 'street > "a" && street < "b"', "value > 5 + 3", "this_year - built > 500",
]  # fmt: skip


@pytest.mark.parametrize("ask_if", NEVER)
def test_what_no_answer_can_make_true_is_found(ask_if: str, tmp_path: Path) -> None:
    assert codes(with_items(f"{BOUNDED}{{name: x, type: text, ask_if: {ask_if!r}}}", tmp_path)) == ["F016"]


@pytest.mark.parametrize("ask_if", ASKABLE)
def test_what_some_answer_makes_true_one_day_is_left_in_peace(ask_if: str, tmp_path: Path) -> None:
    assert with_items(f"{BOUNDED}{{name: x, type: text, ask_if: {ask_if!r}}}", tmp_path) == []


def test_every_number_of_needs_left_open_is_tried(tmp_path: Path) -> None:
    needs = "".join(f"{{name: n{number}, type: yes_no, need: true}}\n" for number in range(3))
    assert with_items(needs + "{name: x, type: confirm, ask_if: unanswered_needs > 2}", tmp_path) == []
    assert codes(with_items(needs + "{name: x, type: confirm, ask_if: unanswered_needs > 3}", tmp_path)) == ["F016"]


@pytest.mark.parametrize(
    ("form", "name", "ask_if"),
    [
        ("quote_home", "guests_per_year", ask_if)
        for ask_if in ("area_m2 > 2000", "area_m2 < 15", "year_built > 3000", "rebuild_value < 0", "contents_value > 60000000", "solar_kwp > 50.0",
                       "storeys > 40", 'street == "" && street == "x"', 'seismic_zone == "1" && seismic_zone == "2"')
    ] + [("registration_person", "house_number", 'birth_country == "IT" && birth_country == "FR"')],
)  # fmt: skip
def test_it_is_found_in_our_own_questionnaires(form: str, name: str, ask_if: str, tmp_path: Path) -> None:
    text = (SHIPPED / form / "form.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if f"name: {name}," in line and line.strip().startswith("- {"))
    plain = re.sub(r", ask_if: '[^']*'", "", line).rstrip()
    a_folder(tmp_path, {f"{form}/form.yaml": text.replace(line, f"{plain[:-1]}, ask_if: '{ask_if}'}}")})
    assert [(one.code, one.line) for one in lint(tmp_path, today=TODAY) if one.severity == "error"] == [
        ("F016", text[: text.index(line)].count("\n") + 1)
    ]


@pytest.mark.parametrize(("code", "items"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_fault_is_found_with_its_line(code: str, items: str, tmp_path: Path) -> None:
    found = with_items(BASE + items, tmp_path)
    assert code in codes(found)
    assert all(7 < finding.line <= 9 for finding in found if finding.code == code)


SOUND = {
    "earlier answers": "{name: x, type: text, ask_if: '\"theft\" in need && rooms > 8'}",
    "what may be absent": "{name: x, type: text, required: false}\n{name: y, type: text, ask_if: 'x == \"anything\"'}",
    "own item": "{group: item, count: rooms, questions: [{name: a, type: yes_no}, {name: b, type: text, ask_if: a && owner}]}",
    "how many items a group has": "{group: item, questions: [{name: a, type: yes_no}]}\n{name: x, type: text, ask_if: item == 0}",
    "the same number in the other items": "{group: item, questions: [{name: a, type: number, checks: [{code: much, when: this + others > 9.0}]}]}",
    "what some may skip": "{name: x, type: text, optional_if: owner}",
    "same name in a group": "{name: mail, type: email}\n{group: more_mails, questions: [{name: mail, type: email}]}",
    "macro": "{name: x, type: text, ask_if: 'need.exists(one, one == \"theft\")'}",
    "needs left open": "{name: x, type: confirm, ask_if: 'unanswered_needs > 0'}",
    "dates and money": "{name: d, type: date, min: today-30d}\n{name: m, type: money, min: \"0.01\", checks: [{code: c, when: 'this > rooms * 100 && d < today'}]}",
    "pattern written out": "{name: x, type: text, checks: [{code: c, when: 'this.matches(\"^[0-9]+$\")'}]}",
    "quick after quick": "{name: q, type: yes_no, quick: true}\n{name: x, type: text, quick: true, ask_if: q}",
    "years": "{name: built, type: integer, min: 1000, max: year}\n{name: x, type: text, ask_if: 'this_year - built > 20'}",
}  # fmt: skip


@pytest.mark.parametrize("items", SOUND.values(), ids=SOUND.keys())
def test_sound_structures_are_left_in_peace(items: str, tmp_path: Path) -> None:
    assert with_items(BASE + items, tmp_path) == []


def test_a_contradiction_comes_with_the_shortest_conversation_that_shows_it(tmp_path: Path) -> None:
    items = BASE + "{name: area, type: integer, min: 1, max: 9, ask_if: owner}\n{name: x, type: text, ask_if: 'area * 0.5 > 2.0'}"
    (finding,) = with_items(items, tmp_path)
    assert finding.code == "F018"
    assert finding.conversation == ("visit.when.owner = yes", "visit.when.area = 1")


def test_a_check_is_tried_with_its_own_answer(tmp_path: Path) -> None:
    (finding,) = with_items(
        BASE + "{name: x, type: integer, min: 1, max: 5, checks: [{code: c, when: 'double(this) * 2 > 4.0'}]}", tmp_path
    )
    assert (finding.code, finding.conversation) == ("F018", ("visit.when.x = 1",))


def test_of_several_conversations_the_shortest_is_told(tmp_path: Path) -> None:
    items = BASE + "{name: kind, type: choice, choices: [a, b]}\n{name: extra, type: yes_no, ask_if: 'kind == \"a\"'}\n"
    items += "{name: x, type: text, ask_if: '(extra || kind == \"b\") && rooms + 0.5 > 1.0'}"
    finding = next(finding for finding in with_items(items, tmp_path) if finding.code == "F018")
    assert finding.conversation is not None
    assert len(finding.conversation) == 2


WORDS = {
    "words file": ("F040", {}, ("it", "en", "es")),
    "question": ("F041", {"en": VISIT_WORDS.replace("      day: {ask: Which day?, label: Day}\n", "")}, ("it", "en")),
    "section": ("F041", {"en": VISIT_WORDS.replace("      when: {title: When, confirm: Is the day right?}\n", "      {}\n")}, ("it", "en")),
    "choice": ("F041", {"en": VISIT_WORDS.replace(", home: At your home", "")}, ("it", "en")),
    "problem": ("F041", {"form": VISIT_FORM.replace("max_length: 60", "max_length: 60, checks: [{code: short, when: size(this) < 3}]")}, ("it", "en")),
    "surplus": ("F042", {"en": VISIT_WORDS + "      hour: {ask: Which hour?, label: Hour}\n"}, ("it", "en")),
    "why": ("F043", {"en": VISIT_WORDS.replace(", why: So that we find you.", "")}, ("it", "en")),
    "handover": ("F044", {"form": VISIT_FORM.replace("max_length: 60", "max_length: 60, sensitive: true")}, ("it", "en")),
    "slot": ("F045", {"en": VISIT_WORDS.replace("Which street?", "'Which street, {owner}?'")}, ("it", "en")),
    "same label": ("F031", {"en": VISIT_WORDS.replace("home: At your home", "home: at the OFFICE")}, ("it", "en")),
    "no YAML": ("F001", {"en": "title: [\n"}, ("it", "en")),
    "key twice": ("F002", {"en": VISIT_WORDS + "    title: Again\n"}, ("it", "en")),
    "unknown field": ("F003", {"en": VISIT_WORDS + "    titel: Typo\n"}, ("it", "en")),
}  # fmt: skip


@pytest.mark.parametrize(("code", "changed", "languages"), WORDS.values(), ids=WORDS.keys())
def test_faults_in_words_are_found(code: str, changed: dict[str, str], languages: tuple[str, ...], tmp_path: Path) -> None:
    assert code in codes(found_in(a_visit(tmp_path, **changed), languages))


def test_a_question_and_a_group_of_the_wrong_format_are_told_apart(tmp_path: Path) -> None:
    found = with_items("{name: x, type: texxt}\n{group: item, questions: [{name: 3x, type: text}], most: many}", tmp_path)
    assert [(finding.code, finding.line) for finding in found] == [("F003", 5), ("F003", 6), ("F003", 6)]


MODULES = {
    "no beginning": ("F050", {"module": MODULE.replace('    valid_from: "2026-01-01"\n', "")}),
    "no day": ("F050", {"module": MODULE.replace("2026-01-01", "soon")}),
    "day that is no text": ("F050", {"module": MODULE.replace('"2026-01-01"', "2026-01-01")}),
    "no basis": ("F003", {"module": MODULE.replace("    basis: GDPR art. 7\n", "")}),
    "ends before it begins": ("F050", {"module": MODULE + '    valid_until: "2025-01-01"\n'}),
    "accept only": ("F051", {"module": MODULE.replace("[accept, refuse]", "[accept]")}),
    "words of an answer": ("F052", {"en_md": MODULE_TEXT.replace(", refuse: You may not", "")}),
    "text": ("F052", {"en_md": MODULE_TEXT.split("DRAFT")[0]}),
    "other code": ("F053", {"module": MODULE.replace("code: visits", "code: calls")}),
    "markup": ("F054", {"en_md": MODULE_TEXT + "    Read **this** too.\n"}),
    "consent that blocks": ("F058", {"module": MODULE + "    needed_to_issue: true\n"}),
    "notice that can be refused": ("F058", {"module": MODULE.replace("kind: consent", "kind: notice")}),
    "confirmation made once": ("F058", {"module": MODULE.replace("kind: consent", "kind: confirmation").replace("accept", "confirm")}),
    "replaces nothing": ("F059", {"module": MODULE + "    replaces: [calls]\n"}),
    "no front matter": ("F001", {"en_md": "DRAFT\n"}),
}


@pytest.mark.parametrize(("code", "changed"), MODULES.values(), ids=MODULES.keys())
def test_faults_in_modules_are_found(code: str, changed: dict[str, str], tmp_path: Path) -> None:
    found = codes(found_in(a_visit(tmp_path, **changed)))
    assert code in found
    assert code == "F003" or "F003" not in found


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("en.md", "demonstration text", "other text"), ("it.md", "You may not", "Never"), ("module.yaml", "retention_months: 24", "retention_months: 36")],
)  # fmt: skip
def test_a_published_version_that_was_changed_is_named(name: str, old: str, new: str, tmp_path: Path) -> None:
    path = a_visit(tmp_path) / "modules" / "visits" / "1" / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert [(one.code, one.file, one.line) for one in found_in(tmp_path)] == [("F056", path, 1)]
    written, changed = write_records([tmp_path], TODAY)
    assert (written, changed) == ([], [path]), "recording does not make it right"


def test_what_does_not_change_a_version(tmp_path: Path) -> None:
    """Comments, line ends, and the day on which it ended."""
    folder = a_visit(tmp_path) / "modules" / "visits" / "1"
    about, text = folder / "module.yaml", folder / "en.md"
    about.write_text("# ended\n" + about.read_text(encoding="utf-8") + 'valid_until: "2026-12-31"\n', encoding="utf-8")
    text.write_bytes(text.read_bytes().replace(b"\n", b"\r\n"))
    assert found_in(tmp_path) == []


def test_a_version_in_force_that_nothing_records_is_named_and_one_to_come_is_not(tmp_path: Path) -> None:
    a_visit(tmp_path)
    for version, begins in (("2", "2026-11-01"), ("3", "2027-01-01")):
        about = MODULE.replace('version: "1"', f'version: "{version}"').replace("2026-01-01", begins)
        a_folder(tmp_path, {f"modules/visits/{version}/{name}": text for name, text in {
            "module.yaml": about, "it.md": MODULE_TEXT, "en.md": MODULE_TEXT,
        }.items()})  # fmt: skip
    found = [(one.code, one.file.relative_to(tmp_path / "modules" / "visits").as_posix()) for one in found_in(tmp_path)]
    assert found == [("F057", f"2/{name}") for name in ("en.md", "it.md", "module.yaml")]
    write_records([tmp_path], TODAY)
    assert found_in(tmp_path) == []


def test_our_version_changed_in_a_brokers_folder_is_named(tmp_path: Path) -> None:
    ours = (SHIPPED / "modules" / "mandate" / "1" / "it.md").read_text(encoding="utf-8")
    a_folder(tmp_path, {"modules/mandate/1/it.md": ours.replace("quindici giorni", "trenta giorni")})
    assert "F056" in {one.code for one in lint(tmp_path, today=TODAY) if one.file.is_relative_to(tmp_path)}


def test_two_versions_that_begin_on_one_day_are_found(tmp_path: Path) -> None:
    a_visit(tmp_path)
    a_folder(tmp_path, {f"modules/visits/2/{name}": text for name, text in {
        "module.yaml": MODULE.replace('version: "1"', 'version: "2"'), "it.md": MODULE_TEXT, "en.md": MODULE_TEXT,
    }.items()})  # fmt: skip
    write_records([tmp_path], TODAY)
    assert codes(found_in(tmp_path)) == ["F055"]


def test_a_table_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    a_folder(tmp_path, {"tables/rebuild_costs.csv": "province,dwelling,eur_per_m2\n*,*,cheap\n"})
    assert codes(found_in(tmp_path)) == ["F060"]


def test_a_tariff_that_cannot_be_used_is_found(tmp_path: Path) -> None:
    own = (SHIPPED.parent / "tariffs" / "home.yaml").read_text(encoding="utf-8").replace("validity_days: 30", "validity_days: never")
    a_folder(tmp_path, {"tariffs/home.yaml": own})
    assert codes(found_in(tmp_path)) == ["F061"]


TARIFFS = [
    ("validity_days: 30", "validity_days: never"), ("currency: EUR", "currency: 5"), ('disasters: "0"', "disasters: 0.5"),
    ("  area_m2: {quick: true}", "  area_m2: {quick: true, color: red}"), ("    default: tiles", "    default: straw"),
    ("    when: [need: [natural_disasters]]", "    when: [nead: [natural_disasters]]"), ("company: {liability: [owner_liability]}", "firm: {liability: [glass]}"),
    ("company: {liability: [owner_liability]}", "company: {liability: [ownership]}"), ("rebuild_per_m2: [", "rebuild_per_m2: [9000000, "),
    ("tax: property", "tax: none"), ("basis: building", "basis: garden"), ("up_to: 10,", "up_to: ten,"),
]  # fmt: skip
"""A line of ours, and what stands there instead."""


@pytest.mark.parametrize(("old", "new"), TARIFFS)
def test_a_fault_of_a_tariff_is_found_at_its_line(old: str, new: str, tmp_path: Path) -> None:
    text = (SHIPPED.parent / "tariffs" / "home.yaml").read_text(encoding="utf-8")
    a_folder(tmp_path, {"tariffs/home.yaml": text.replace(old, new, 1)})
    own = [one for one in lint(tmp_path, today=TODAY) if one.severity == "error"]
    assert [(one.code, one.line) for one in own] == [("F061", text[: text.index(old)].count("\n") + 1)]


def test_a_missing_part_of_a_tariff_is_found_where_it_belongs(tmp_path: Path) -> None:
    text = (SHIPPED.parent / "tariffs" / "home.yaml").read_text(encoding="utf-8")
    a_folder(tmp_path, {"tariffs/home.yaml": text.replace("  area_m2: {quick: true}\n", "", 1)})
    (own,) = (one for one in lint(tmp_path, today=TODAY) if one.severity == "error")
    assert (own.code, own.line) == ("F061", text[: text.index("\nquestions:")].count("\n") + 2)


def test_every_code_is_explained_in_the_documentation() -> None:
    explained = re.findall(r"^\| (F\d{3}) \|", (Path(__file__).parents[2] / "docs" / "lint.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert explained == sorted(CODES)


def test_duties_to_keep_that_cannot_be_read_are_found(tmp_path: Path) -> None:
    (tmp_path / "retention.yaml").write_text("contract_months: 12\nacts: {consent: {months: many}}\nmodules: {}\ndocuments: {}\n")
    assert codes(found_in(tmp_path)) == ["F062"]
