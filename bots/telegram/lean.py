"""aiogram, with what we use of it: by itself it builds, as it is imported, the validators of all 600 types of Telegram's."""

import re
import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any, Literal, Optional, Union, cast

from pydantic import BaseModel

WORD = re.compile(r"\w+")


def import_aiogram() -> None:
    """Each type is built when it is first needed, which spares 4 s of processor and 100 MB. Only for a program of our own: in somebody
    else's bot aiogram is as they have imported it, and then nothing is done."""
    if "aiogram.types" in sys.modules:
        return
    build = BaseModel.__dict__["model_rebuild"]

    def build_ours(cls: type[BaseModel], /, **how: Any) -> bool | None:
        return None if cls.__module__.startswith("aiogram.types.") else cast("bool | None", build.__func__(cls, **how))

    BaseModel.model_rebuild = classmethod(build_ours)  # type: ignore[method-assign, assignment]  # while aiogram calls it for all
    try:
        from aiogram import methods, types
    finally:
        BaseModel.model_rebuild = build  # type: ignore[method-assign]
    _tell_names(types, [getattr(package, name) for package in (types, methods) for name in package.__all__])


def _tell_names(types: ModuleType, kinds: Iterable[Any]) -> None:
    """Their modules import for type checkers only what the fields are of: pydantic looks for it there when it builds one by itself."""
    from aiogram.client.default import Default

    known = {"List": list, "Optional": Optional, "Union": Union, "Literal": Literal, "Default": Default}
    known |= {name: getattr(types, name) for name in types.__all__}
    for kind in kinds:
        if isinstance(kind, type):
            module = vars(sys.modules[kind.__module__])
            annotations = [each for base in kind.__mro__ for each in vars(base).get("__annotations__", {}).values()]
            for name in known.keys() & WORD.findall(" ".join(map(str, annotations))):
                module.setdefault(name, known[name])
