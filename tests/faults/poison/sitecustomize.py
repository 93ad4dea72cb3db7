"""Python imports this by itself in every process that has this folder on its path: cells that end as COUNTERPOISE_FAULT says.

{"how": "raise", "cells": [["isolation", 2]]}: strategy and block; block null means every block.
"""

import functools
import json
import os
import signal
import sys

import numpy as np


def poison(how: str, cells: list[list]) -> None:
    from sim import simulation
    from sim.quantity import per_world
    from sim.strategies import RULES, LinearRule

    simulate_block = simulation.simulate_block

    class NotANumber(LinearRule):
        def decide(self, seen):
            decision = super().decide(seen)
            beside_others = any(True for _ in per_world(self.strategy))  # in a pass with other strategies it has a name of theirs
            if beside_others or any(self.strategy.name == name for name, _ in cells):
                decision.tilt = decision.tilt.copy()
                decision.tilt[..., 17] = np.nan
            return decision

    @functools.wraps(simulate_block)
    def poisoned(settings, strategy, draws, **words):
        names = {strategy.name, *(each.name for each in getattr(strategy, "played", ()))}
        if any(name in names and block in (None, draws.block) for name, block in cells):
            if how == "exit":
                os._exit(0)
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if how == "terminate":
                os.kill(os.getpid(), signal.SIGTERM)
            if how == "raise":
                raise ZeroDivisionError("poison")
            if how == "disk":
                raise FileNotFoundError(2, "a strategy that reads a file")
            if how == "leave":
                sys.exit(0)
            if how == "untransportable":
                raise type("Local", (Exception,), {"__init__": lambda self, a, b: None})(1, 2)
        return simulate_block(settings, strategy, draws, **words)

    if how == "nan":
        RULES["linear"] = NotANumber
    else:
        simulation.simulate_block = poisoned


if "COUNTERPOISE_FAULT" in os.environ:
    poison(**json.loads(os.environ["COUNTERPOISE_FAULT"]))
