"""The rounds of a class: each a scenario nobody has seen, which follows from the number of the round and the seed of the class, and what came of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from experiments.cells.store import write_whole
from experiments.configuration.entries import Refused
from experiments.configuration.errors import CommandError
from experiments.configuration.keys import scenarios_for
from experiments.lab.engine import job_of
from experiments.lab.question import Happening, Question, check, question_of
from experiments.lab.wording import event_in_words
from experiments.messages import printable
from experiments.names import filled, naming, plain, powers
from experiments.words import capital
from sim.draws import stream
from sim.payoffs import PLACES
from sim.scenario import KINDS

#: The strategy from which scores count.
REFERENCE = "status_quo"
#: Practice is on the world as it is.
PRACTICE = Question(strategies=(REFERENCE,))
#: Scenarios that surprise nobody, or that look back.
KNOWN = ("baseline", "history_1994")
#: Events of a round: how many at most, the years of the run in which one begins, and how many years one lasts.
MOST_EVENTS, YEARS, LASTING = 2, (2, 10), (2, 5)
#: What may happen, and how strong; None: it has no strength.
HAPPENING: Mapping[str, tuple[float, ...] | None] = {
    "crisis": None, "pandemic": None, "pressure": (0.4, 0.6, 0.8), "access": (0.9, 0.95), "budget": (0.5, 1.5, 2.0), "visits": (2.0, 3.0)}
#: Files of rounds.
FILE = re.compile(r"round_([1-9][0-9]{0,3})\.json")
#: Bytes of such a file.
MOST_BYTES = 4 * 1024 * 1024


class Line(BaseModel):
    """A row of the result of a round: what `experiments.lab.classroom.league.Row` holds, for the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: int
    name: str
    file: str
    family: str
    score: float
    score_low: float
    score_high: float
    economic: float
    economic_low: float
    economic_high: float
    trust: float
    trust_low: float
    trust_high: float


class Played(BaseModel):
    """A round that was played: all that is needed to show it and to run it again.

    Attributes:
        number: Its number, from 1.
        question: Scenario, events and weights, as a link of the page holds them.
        words: What happened, in sentences.
        lines: The result.
        strategies: The text of each file that took part.
        refused: Files that took no part, and why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    question: str
    words: tuple[str, ...]
    lines: tuple[Line, ...]
    strategies: dict[str, str]
    refused: dict[str, str] = {}


def drawn(seed: int, number: int, world: str = PRACTICE.world) -> Question:
    """The scenario of a round: one of those shipped, none twice before all were drawn, and dated events.

    Args:
        seed: The seed of the class.
        number: Number of the round, from 1.
        world: Name of the world.
    """
    names = [name for name in scenarios_for(world) if name not in KNOWN]
    turn, place = divmod(number - 1, len(names))
    scenario = names[stream(seed, "scenarios", turn).permutation(len(names))[place]]
    rng = stream(seed, "events", number)
    kinds = rng.choice(list(HAPPENING), 1 + int(rng.integers(MOST_EVENTS)), replace=False).tolist()
    events = []
    for kind in kinds:
        actors = {"power": PLACES, "partner": (*PLACES, "rest")}.get(str(KINDS[kind].actor), ("",))
        start, years = int(rng.integers(YEARS[0], YEARS[1] + 1)), int(rng.integers(LASTING[0], LASTING[1] + 1))
        sizes = HAPPENING[kind]
        events.append(Happening(kind, str(rng.choice(actors)), start, start + years if KINDS[kind].lasts else None,
                                None if sizes is None else float(rng.choice(sizes))))
    events.sort(key=lambda event: event.start)
    return check(replace(PRACTICE, world=world, scenario=scenario, events=tuple(events)))


def in_words(question: Question) -> tuple[str, ...]:
    """What a scenario is, in sentences: what its file says, then each event.

    Raises:
        ConfigError: Something in it does not fit.
    """
    settings = job_of(replace(question, events=(), weights=())).settings
    with naming([settings]):
        scenario = settings.scenario
        text = filled(scenario.description)
        for place, label in zip(PLACES, powers(), strict=True):
            text = text.replace(f"The {place} power", capital(label)).replace(f"the {place} power", label)
        return (f"{capital(plain(scenario.name))}: {text}", *(f"{capital(event_in_words(event, settings))}." for event in question.events))


def write(folder: Path, played: Played) -> None:
    """Write a round into the folder.

    Raises:
        CommandError: Its number is there already.
        OSError: It cannot be written.
    """
    file = folder / f"round_{played.number}.json"
    if file.exists():
        raise CommandError(f"{file.name} is there already")
    write_whole(file, json.dumps(played.model_dump(), ensure_ascii=False, indent=1).encode("utf-8"))


def read(folder: Path) -> tuple[list[Played], list[Refused], int]:
    """The rounds of a folder in their order, the files of rounds that are wrong, and the number of the next round."""
    good, refused, last = [], [], 0
    for file in sorted(folder.iterdir()):
        if (match := FILE.fullmatch(file.name)) is None:
            continue
        last = max(last, int(match[1]))
        try:
            good.append(_read(file, int(match[1])))
        except CommandError as error:
            refused.append(Refused(file.name, f"this is not the file of a round: {printable(str(error), 120)}"))
        except (OSError, ValueError, RecursionError):
            refused.append(Refused(file.name, "this is not the file of a round, or cannot be read"))
    return sorted(good, key=lambda played: played.number), refused, last + 1


def _read(file: Path, number: int) -> Played:
    if not file.is_file() or file.stat().st_size > MOST_BYTES:
        raise CommandError("not a file, or too large")
    try:
        played = Played.model_validate_json(file.read_bytes())
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise CommandError(f"{place or 'the text'} does not fit") from None
    if played.number != number:
        raise CommandError(f"it says that it is round {played.number}")
    question_of(played.question)
    return played
