"""A class and its room: who may do what, what was handed in and played, and what the board shows.

Everything that outlives the server lies in the folder: a file for each strategy, `round_1.json` and so on for rounds, `class.json` for seed, weights and codes.
"""

import hmac
import itertools
import json
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from experiments.cells.store import write_whole
from experiments.configuration.entries import Refused
from experiments.configuration.errors import CommandError, ConfigError
from experiments.lab.classroom import copying, drawn, rounds
from experiments.lab.classroom.copying import Shares
from experiments.lab.classroom.handed_in import HandedIn
from experiments.lab.classroom.league import League
from experiments.lab.classroom.league import steps as league_steps
from experiments.lab.desk import Desk
from experiments.lab.engine import Outcomes
from experiments.lab.own_files import strategy_yaml
from experiments.lab.question import Question, check, query, question_of, shared_out
from experiments.lab.safety import new_code
from sim.payoffs import WEIGHED

#: The file of seed, weights and codes.
FILE = "class.json"
#: Seconds between two looks at the folder.
LOOK = 1.0


class Kept(BaseModel):
    """What `class.json` holds.

    Attributes:
        seed: From which the scenarios of rounds follow.
        weights: Weight of each return, whole numbers that add up to 100.
        room: The room code.
        teacher: The teacher's code.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    weights: dict[str, int]
    room: str
    teacher: str


@dataclass
class _State:
    """What several threads share."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    listeners: dict[str, Callable[[], object]] = field(default_factory=dict)
    seen: tuple[tuple[str, int, int], ...] = ()
    busy: bool = False
    again: bool = False


@dataclass
class Room:
    """A class.

    Attributes:
        folder: Its folder.
        kept: Seed, weights and codes.
        alone: Whether this machine alone can reach it, so that nobody needs a code and everybody controls the board.
        played: The rounds that were played, in their order.
        league: The latest league.
        pictures: Its table and its scatter, made once for all pages.
        shares: The latest shares of imitation; None where it was not started.
        problem: Why there is no league of what is handed in now.
        failure: Why the latest round or imitation did not come about.
        where: The address at which students hand in.
        playing: Whether a round is being played.
    """

    folder: Path
    kept: Kept
    alone: bool = False
    played: list[rounds.Played] = field(default_factory=list)
    league: League | None = None
    pictures: tuple[str, str] = ("", "")
    shares: Shares | None = None
    problem: str = ""
    failure: str = ""
    where: str = ""
    playing: bool = False
    _next: int = 1
    _broken: tuple[Refused, ...] = ()
    _looked: float = 0.0
    _state: _State = field(default_factory=_State)

    def __post_init__(self) -> None:
        """Read what was played."""
        self.handed_in = HandedIn(self.folder)
        self.desk: Desk[League | Shares] = Desk()
        self.outcomes = Outcomes()
        self._read()

    # ---- Who

    def is_teacher(self, code: str | None) -> bool:
        """Whether who came in with a code controls the board."""
        return self.alone or (code is not None and hmac.compare_digest(code.encode(), self.kept.teacher.encode()))

    # ---- What the board shows

    @property
    def question(self) -> Question:
        """Scenario and events of the latest round, or those of practice, with the weights of the class."""
        latest = question_of(self.played[-1].question) if self.played else rounds.PRACTICE
        return self._weighed(latest)

    @property
    def title(self) -> str:
        """Which round it is."""
        return f"Round {self.played[-1].number}" if self.played else "Practice"

    @property
    def words(self) -> tuple[str, ...]:
        """What happens in it."""
        if self.played:
            return self.played[-1].words
        return ("The world as it is, without any event. The first round is played in a scenario that nobody has seen.",)

    def place_of(self, label: str) -> int | None:
        """The place of a strategy in the latest league."""
        return next((row.place for row in self.league.rows if row.label == label), None) if self.league is not None else None

    def listen(self, key: str, changed: Callable[[], object]) -> None:
        """Call something whenever the board changes, in the desk's thread."""
        self._state.listeners[key] = changed

    def leave(self, key: str) -> None:
        """Call it no longer."""
        self._state.listeners.pop(key, None)

    # ---- What is computed

    def refresh(self) -> None:
        """Compute the league of what is handed in now; while one is computed already, once more after it."""
        state = self._state
        with state.lock:
            state.again = state.busy
            if state.busy:
                return
            state.busy = True
        try:
            state.seen = self.handed_in.seen()
            entries, refused = self.handed_in.entries([rounds.REFERENCE])
            self.desk.give("league", [(0, league_steps(self.question, entries, (*refused, *self._broken), self.outcomes))], self._arrived)
        except (CommandError, OSError) as error:
            state.busy = False
            self.problem = f"The folder of the class cannot be read: {_why(error)}"
            self._changed()

    def look(self) -> None:
        """Compute the league again where somebody changed the folder."""
        if time.monotonic() - self._looked < LOOK:
            return
        self._looked = time.monotonic()
        with suppress(OSError):  # the folder is gone meanwhile
            if self.handed_in.seen() != self._state.seen:
                self.refresh()

    def _arrived(self, result: League | Shares | CommandError) -> None:
        state = self._state
        with state.lock:
            state.busy, again = False, state.again
        if isinstance(result, League) and result.question == self.question:  # else a newer one is on its way
            self._show(result)
        elif isinstance(result, CommandError):
            self.problem = str(result)
        self._changed()
        if again:
            self.refresh()

    def _show(self, league: League) -> None:
        self.pictures = drawn.table(league) if league.rows or league.refused else "", drawn.scatter(league) if league.rows else ""
        self.league, self.problem = league, ""

    def _changed(self) -> None:
        for changed in list(self._state.listeners.values()):
            with suppress(RuntimeError):  # the page's loop has ended
                changed()

    # ---- What the teacher does

    def weigh(self, name: str, value: int) -> None:
        """Give a return another weight; the others keep their proportions.

        Raises:
            OSError: It cannot be written.
        """
        weights = shared_out(tuple(self.kept.weights.items()), name, value)
        self._keep(self.kept.model_copy(update={"weights": dict(weights)}))
        self.refresh()

    def play(self) -> None:
        """Play the next round with what is handed in now; its result is written into the folder.

        Raises:
            CommandError: A round is being played, or nobody has handed in.
            OSError: The folder cannot be read.
        """
        if self.playing:
            raise CommandError("a round is being played; wait a moment")
        entries, refused = self.handed_in.entries([rounds.REFERENCE])
        if not entries:
            raise CommandError("nobody has handed in a strategy yet")
        self._read()
        self.playing, self.failure = True, ""
        number, question = self._next, self._weighed(rounds.drawn(self.kept.seed, self._next))

        def arrived(result: League | Shares | CommandError) -> None:
            try:
                if isinstance(result, League):
                    played = rounds.Played(
                        number=number, question=query(question), words=rounds.in_words(question), lines=tuple(row.line for row in result.rows),
                        strategies={row.entry.file: strategy_yaml(row.entry.strategy) for row in result.rows},
                        refused={each.file: each.reason for each in result.refused})
                    rounds.write(self.folder, played)
                    self.played.append(played)
                    self._next = number + 1
                    self.desk.drop("copying")
                    self._show(result)
                    self.shares = None
                elif isinstance(result, CommandError):
                    self.failure = str(result)
            except (CommandError, OSError) as error:
                self.failure = f"The round cannot be kept: {_why(error)}"
            finally:
                self.playing = False
            self._changed()
            self.refresh()  # what was handed in meanwhile

        try:
            self.desk.give("round", [(0, league_steps(question, entries, refused, self.outcomes))], arrived)
        except CommandError:
            self.playing = False
            raise

    def copy(self) -> None:
        """Let them copy: imitation, a generation at a time.

        Raises:
            CommandError: There is nothing to copy.
        """
        if self.league is None or not self.league.rows:
            raise CommandError("nobody has handed in a strategy yet")
        self.shares, self.failure = None, ""
        generations = copying.steps(self.league.job)
        self.desk.give("copying", [(1 + i, generations) for i in range(copying.GENERATIONS)], self._copied)

    def _copied(self, result: League | Shares | CommandError) -> None:
        if isinstance(result, Shares):
            self.shares = result
        elif isinstance(result, CommandError):
            self.failure = str(result)
        self._changed()

    def close(self) -> None:
        """Compute nothing more."""
        self.desk.close()

    # ---- What is kept

    def _read(self) -> None:
        self.played, broken, self._next = rounds.read(self.folder)
        self._broken = tuple(broken)

    def _weighed(self, question: Question) -> Question:
        return check(replace(question, weights=tuple(self.kept.weights.items())))

    def _keep(self, kept: Kept) -> None:
        write_whole(self.folder / FILE, json.dumps(kept.model_dump(), indent=1).encode())
        self.kept = kept


def _why(error: CommandError | OSError) -> str:
    return error.strerror or "an error of the system" if isinstance(error, OSError) else str(error)


def opened(folder: Path, *, alone: bool, say: Callable[[str], None]) -> Room:
    """The class of a folder, which is made where it is not there.

    Args:
        folder: The folder.
        alone: Whether only this machine can reach the page.
        say: Prints a line.

    Raises:
        OSError: It cannot be read or written.
    """
    folder.mkdir(exist_ok=True)
    file = folder / FILE
    kept = None
    try:
        kept = _read(file)
    except (ValidationError, ConfigError, ValueError):
        aside = next(other for i in itertools.count(1) if not (other := folder / f"class_broken_{i}.json").exists())
        file.rename(aside)
        say(f"{file} does not fit and is now {aside.name}: the class gets a new seed and new codes")
    even = shared_out((), WEIGHED[0], round(100 / len(WEIGHED)))
    room = Room(folder, kept or Kept(seed=secrets.randbelow(2**31), weights=dict(even), room=new_code(), teacher=new_code()), alone)
    room._keep(room.kept)
    if os.name == "posix":
        file.chmod(0o600)
    room.refresh()
    return room


def _read(file: Path) -> Kept | None:
    """What a class has kept; None where there is nothing yet."""
    if not file.exists():
        return None
    kept = Kept.model_validate_json(file.read_bytes())
    check(replace(rounds.PRACTICE, weights=tuple(kept.weights.items())))
    if sum(kept.weights.values()) != 100 or not all(len(code) == 8 and code.isalnum() for code in (kept.room, kept.teacher)) or kept.seed < 0:
        raise ValueError("a weight or a code does not fit")
    return kept
