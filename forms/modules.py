"""Published modules: consents, notices, declarations. Versions never change; what is hashed is exactly the text shown."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from forms.files import SHIPPED, CatalogueError, overlaid_folders, read_model, read_yaml_text, validated
from forms.model import Kinds, Module, ModuleWords
from rules.consents import InForce, KindRules, still_counting


@dataclass(frozen=True)
class PublishedModule:
    """One published version of a module, in the languages it has."""

    module: Module
    words: Mapping[str, ModuleWords]
    texts: Mapping[str, str]

    @property
    def code(self) -> str:
        return self.module.code

    @property
    def version(self) -> str:
        return self.module.version

    @property
    def questions(self) -> tuple[str, ...]:
        """Paths of its acts."""
        return tuple(f"modules.{self.code}.{act.name}" for act in self.module.acts)

    def text(self, language: str) -> str:
        """Exactly what is shown and hashed. Raises KeyError where the module has no such language."""
        return self.texts[language]

    def text_sha256(self, language: str) -> str:
        return self._hashes[language]

    @cached_property
    def _hashes(self) -> dict[str, str]:
        return {language: hashlib.sha256(text.encode()).hexdigest() for language, text in self.texts.items()}

    def is_in_force(self, today: date) -> bool:
        """From `valid_from` to `valid_until`, both days included."""
        until = self.module.valid_until
        return date.fromisoformat(self.module.valid_from) <= today and (until is None or today <= date.fromisoformat(until))


def in_force(modules: Iterable[PublishedModule], today: date) -> tuple[PublishedModule, ...]:
    """Of each module the version that began last, if it is in force today and asked of anybody; in their order."""
    latest: dict[str, PublishedModule] = {}
    for module in by_beginning(modules):
        if module.is_in_force(today):
            latest[module.code] = module
    asked = [module for module in latest.values() if module.module.occasion != "never"]
    return tuple(sorted(asked, key=lambda module: (module.module.order, module.code)))


def by_beginning(modules: Iterable[PublishedModule]) -> tuple[PublishedModule, ...]:
    return tuple(sorted(modules, key=lambda module: (module.module.valid_from, module.version)))


def as_in_force(module: PublishedModule, history: Iterable[PublishedModule]) -> InForce:
    """The module as the rules judge acts on it; `history`: all of its versions, the oldest first."""
    return InForce(
        module.code,
        module.version,
        module.module.kind,
        module.questions,
        still_counting=still_counting([(one.version, one.module.change) for one in history]),
        needed_to_issue=module.module.needed_to_issue,
        needed_to_go_on=module.module.needed_to_go_on,
        each_time=module.module.occasion == "quote",
    )


def load_kinds() -> Mapping[str, KindRules]:
    kinds = read_model(SHIPPED / "modules" / "kinds.yaml", Kinds)
    return {name: getattr(kinds, name) for name in Kinds.model_fields}


def load_modules(folders: tuple[Path, ...]) -> dict[tuple[str, str], PublishedModule]:
    """Every published version by code and version, later folders over earlier ones, file by file."""
    found: dict[tuple[str, str], PublishedModule] = {}
    for files in overlaid_folders(tuple(folder / "modules" for folder in folders), depth=2):
        if "module.yaml" in files:
            module = load_module(files)
            found[module.code, module.version] = module
    return found


def load_module(files: Mapping[str, Path]) -> PublishedModule:
    module = read_model(files["module.yaml"], Module)
    words, texts = {}, {}
    for path in files.values():
        if path.suffix == ".md":
            head, body = split_front_matter(path.read_text(encoding="utf-8"), path)
            words[path.stem] = validated(read_yaml_text(head, path), ModuleWords, path)
            texts[path.stem] = body
    return PublishedModule(module, words, texts)


def split_front_matter(text: str, path: Path) -> tuple[str, str]:
    """The YAML between the two `---` lines, and the text below as it is shown: one kind of line end, no blank edges."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != "---" or "---" not in lines[1:]:
        raise CatalogueError(path, 1, "begins without a front matter between two lines of ---")
    end = lines.index("---", 1)
    return "\n".join(lines[1:end]), "\n".join(lines[end + 1 :]).strip("\n")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, or a list (one text an item)."""

    kind: Literal["heading", "paragraph", "list"]
    texts: tuple[str, ...]


def paragraphs(text: str) -> list[Block]:
    """The text of a module as blocks: `## ` headings, `- ` lists, paragraphs between blank lines. Nothing else is markup."""
    blocks: list[Block] = []
    goes_on = False
    for line in text.splitlines():
        block = _read_line(line)
        if block is not None and goes_on and (joined := _join(blocks[-1], block, line)) is not None:
            blocks[-1] = joined
        elif block is not None:
            blocks.append(block)
        goes_on = block is not None and block.kind != "heading"
    return blocks


def _read_line(line: str) -> Block | None:
    if not line.strip():
        return None
    if line.startswith("## "):
        return Block("heading", (line[3:].strip(),))
    if line.startswith("- "):
        return Block("list", (line[2:].strip(),))
    return Block("paragraph", (line.strip(),))


def _join(last: Block, block: Block, line: str) -> Block | None:
    """The last block with the line added, where it goes on; an item of a list goes on in lines that begin with a blank."""
    if last.kind == block.kind == "list":
        return Block("list", (*last.texts, *block.texts))
    if block.kind == "paragraph" and (last.kind == "paragraph" or (last.kind == "list" and line.startswith(" "))):
        return Block(last.kind, (*last.texts[:-1], f"{last.texts[-1]} {block.texts[0]}"))
    return None
