"""Numbers that settings have given before: `python -m tests.sim.golden` writes them to golden.json."""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from sim import MODEL_VERSION
from sim.settings import Settings
from sim.simulation import simulate
from tests import given

FILE = Path(__file__).with_name("golden.json")
STRATEGIES = ("status_quo", "auction", "shrinking_room")
VARIABLES = ("tilt", "perceived", "trust", "pressure", "leverage", "flow", "trade", "debt", "capital", "consumption", "legitimacy", "unrest", "loss",
             "rivalry", "commitment")
DIGITS = 8


def numbers_of(value: Any) -> Any:
    """Settings without their words."""
    if isinstance(value, dict):
        return {key: numbers_of(part) for key, part in value.items() if key not in ("label", "description", "source", "family")}
    return [numbers_of(part) for part in value] if isinstance(value, list) else value


def fingerprint(settings: Settings, strategy: str) -> str:
    """Equal if and only if the same is simulated."""
    chosen = settings.replace(strategies={strategy: settings.strategies[strategy]})
    text = json.dumps(numbers_of(chosen.model_dump()), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def results() -> dict[str, dict[str, Any]]:
    """Final values of the focal state in two worlds, for each preset and strategy."""
    found: dict[str, dict[str, Any]] = {}
    for world in given.PRESETS:
        settings = given.preset(world).replace(n_worlds=2, horizon=24)
        for strategy in STRATEGIES:
            h = simulate(settings, strategy, record=VARIABLES, states="focal")
            final = {name: [float(f"{x:.{DIGITS}g}") for x in h[name][-1].ravel()] for name in VARIABLES}
            found[f"{world}/{strategy}"] = {"settings": fingerprint(settings, strategy), "final": final}
    return found


def stored() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"model_version": None, "results": {}}


def changed_without_a_new_version(old: dict[str, Any], new: dict[str, dict[str, Any]]) -> list[str]:
    """Cases in which equal settings give other numbers under an equal version."""
    if old["model_version"] != MODEL_VERSION:
        return []
    return [
        case for case, result in new.items()
        if case in old["results"] and old["results"][case]["settings"] == result["settings"] and old["results"][case]["final"] != result["final"]
    ]


def main() -> int:
    new = results()
    changed = changed_without_a_new_version(stored(), new)
    if changed:
        print(f"The same settings give other numbers ({', '.join(changed)}): raise MODEL_VERSION in sim/__init__.py first.", file=sys.stderr)
        return 1
    FILE.write_text(json.dumps({"model_version": MODEL_VERSION, "results": new}, indent=1) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
