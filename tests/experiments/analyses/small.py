"""A small run of each analysis. An analysis that is listed here is held to the contract of test_contract.py."""

from dataclasses import dataclass
from pathlib import Path

SMALL = ("executor=serial", "horizon=6")
CONCLUDED = "What is concluded, what it rests on, how far it survives"
SENSITIVITY = ("sensitivity", "--trajectories=2", "--inputs=3", "--rows=8", "--worlds=2", "n_worlds=4", "strategies=[equidistance,bandwagon_first]", *SMALL)
ROBUSTNESS = ("robustness", "--futures=40", "--worlds=2", "n_worlds=4", "strategies=[status_quo,equidistance,bandwagon_first,opportunist]", *SMALL)
HYPOTHESES = ("hypotheses", "--only", "H13,H9,O5", "--draws", "8", "n_worlds=8", "horizon=3", "executor=serial")
OPTIMIZE = ("optimize", "--front=economic,trust", "--candidates=14", "--futures=3", "--worlds=2", "--out-of-sample=20", "horizon=4",
            "executor=serial", "strategies=[status_quo,equidistance,bandwagon_first]", "policy=[patron,norm_promoter]")
TOURNAMENT = ("tournament", "--only=powers", "--prices=0,1", "--policies=neglect,inducement,coercion", "executor=serial", "horizon=6", "n_worlds=4",
              "strategies=[status_quo,equidistance,omni_enmeshment,dominance_denial,bandwagon_first,bandwagon_second,opportunist]")
IMITATION = ("tournament", "--only=imitation", "--populations=6", "--generations=4", "executor=serial", "horizon=3",
             "strategies=[status_quo,equidistance,bandwagon_second,shrinking_room]")
HINDCAST = ("hindcast", "draws=100", "executor=serial")
PATTERNS = ("patterns", "--only=two_donors,alliances", "n_worlds=4", "executor=serial")
RANK = ("rank", str(Path(__file__).parent / "submissions"), "--scenarios=calm,cold_war", "n_worlds=4", *SMALL)


@dataclass(frozen=True)
class Small:
    """A small run.

    Attributes:
        words: The command.
        wrong: An option that is refused.
        named: What the refusal must name.
        failing: The strategy whose cells fail where that is tried; empty: all of them.
        left_out: What the page must then name as missing, where there is a page.
    """

    words: tuple[str, ...]
    wrong: str
    named: str
    failing: str
    left_out: str = ""

    @property
    def command(self) -> str:
        return self.words[0]


ANALYSES = {
    "sensitivity": Small(SENSITIVITY, "--rows=4", "--rows", "equidistance"),
    "robustness": Small(ROBUSTNESS, "--futures=3", "--futures", "opportunist", "opportunist"),
    "hypotheses": Small(HYPOTHESES, "--draws=1", "--draws", "equidistance",
                        "failed: H9 and H13. The same command tries them again: counterpoise hypotheses --only H13,H9,O5 --draws 8"),
    "optimize": Small(OPTIMIZE, "--candidates=1", "--candidates", "candidate"),
    "tournament": Small(TOURNAMENT, "--prices=0,-1", "--prices", "opportunist", "opportunist"),
    "rank": Small(RANK, "--scenarios=calm,calm", "--scenarios", "careful", "careful.yaml: its cells failed"),
    "hindcast": Small(HINDCAST, "draws=1", "draws", "auction"),
    "patterns": Small(PATTERNS, "--only=two_donors,two_donors", "--only", "status_quo"),
    "imitation": Small(IMITATION, "--mutation=2", "--mutation", ""),
}
