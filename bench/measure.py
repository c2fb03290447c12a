"""One figure beside its baseline: alternating rounds, medians, ratio."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    value: float
    unit: str
    floor: str
    """What the work asks for at least, and what it wishes: "≥ 0.50 / 1.20 of pgbench"."""
    meets: bool | None = None
    baseline: str | None = None
    baseline_value: float | None = None
    ratio: float | None = None
    samples: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        kept = asdict(self)
        return {key: kept[key] for key in ("name", "value", "unit", "baseline", "baseline_value", "ratio", "samples")}


type Round = Callable[[], Awaitable[float]]


async def beside(
    name: str, unit: str, ours: Round, baseline: str, theirs: Round, *, at_least: float, wished: float, rounds: int = ROUNDS
) -> Result:
    """Rates of ours over theirs, measured alternating so that a noisy machine disturbs both."""
    mine, other = [], []
    await ours()
    await theirs()
    for _ in range(rounds):
        mine.append(await ours())
        other.append(await theirs())
    value, base = statistics.median(mine), statistics.median(other)
    return Result(name, value, unit, f"≥ {at_least} / {wished} of {baseline}", value / base >= at_least, baseline, base, value / base, mine)


def at_most(name: str, samples: list[float], unit: str, *, floor: float, wished: float) -> Result:
    """A cost: the median of its samples must not pass the floor."""
    value = statistics.median(samples)
    return Result(name, value, unit, f"≤ {floor} / {wished}", value <= floor, samples=samples)


def at_rate(name: str, samples: list[float], unit: str, *, floor: float, wished: float) -> Result:
    """A rate without a baseline: the median of its samples must reach the floor."""
    value = statistics.median(samples)
    return Result(name, value, unit, f"≥ {floor} / {wished}", value >= floor, samples=samples)


def measured(name: str, samples: list[float], unit: str) -> Result:
    """A figure of which nothing is asked."""
    return Result(name, statistics.median(samples), unit, "", samples=samples)
