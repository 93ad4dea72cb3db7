"""What every column of every table means. results/README.md is made from this, and every table that is written is checked against it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: Names of columns that depend on options, as patterns: `<number>` stands for parameters.rivalry_mean and the like.
PLACEHOLDERS = {
    "<axis>": r"[a-z_]\w*(\.[\w-]+)*",
    "<number>": r"[a-z_]\w*(\.[\w-]+)+",
    "<measure>": r"[a-z_]+",
    "<strategy>": r"\w+",
    "<price>": r"[^_]+",
}


@dataclass(frozen=True)
class Column:
    """What a column of an exported table holds.

    Attributes:
        label: Name for a person.
        unit: Unit; "-" for a pure number, empty for words.
        meaning: What it is, in a sentence.
        kind: What kind of column it is.
        values: Where its values are keys: the label of each.
    """

    label: str
    unit: str = ""
    meaning: str = ""
    kind: str = "key"
    values: Mapping[str, str] = field(default_factory=dict)


def _interval(name: str, meaning: str) -> dict[str, str]:
    """An estimate in three columns: the value, and the ends of its 95 % interval."""
    return {name: meaning, f"{name}_low": f"lower end of the 95 % interval of `{name}`", f"{name}_high": f"upper end of the 95 % interval of `{name}`"}


def _bounded(name: str, meaning: str) -> dict[str, str]:
    """The one estimate of a table whose ends are called `low` and `high`."""
    return {name: meaning, "low": f"lower end of the 95 % interval of `{name}`", "high": f"upper end of the 95 % interval of `{name}`"}


def _between(prefix: str, meaning: str) -> dict[str, str]:
    """How an estimate spreads between seeds, in four columns."""
    return {f"{prefix}mean": f"{meaning} averaged over seeds", f"{prefix}sd": "its standard deviation between seeds",
            f"{prefix}lowest": "its lowest value of a seed", f"{prefix}highest": "its highest value of a seed"}


STRATEGY = {"strategy": "key of the strategy, the name of its file in conf/strategies"}
FAMILY = {"family": "family of the strategy, such as hedging or alignment"}
MEASURE = {"measure": "key of the measure; sim/MODEL.md, section 'Payoffs', says how each is made"}
RETURN = {"measure": "key of the return"}
QUANTILES = {"q05": "5 % quantile over worlds", "q95": "95 % quantile over worlds"}
POLICIES = {"policy_first": "policy of the first power", "policy_second": "policy of the second power"}
PRICE = {"price": "points (hundredths) of influence that 0.01 % of its GDP is worth to a power; 0: only influence counts; ratio: influence over outlay"}
SERIES = {"measure": "key of the yearly measure; sim/MODEL.md, section 'Yearly measures'",
          "actor": "key of the power, partner or creditor it is about, or all; empty where it is about none", "state": "key of the state"}
TAILS = "; its interval is too narrow below 500 worlds, and below 11 its ends are -inf and inf: nothing is known"
POWER = {"player": "the power: first or second"}

#: Table, as `command/file`, to its columns and what they mean. Shares lie between 0 and 1. Intervals are 95 %.
COLUMNS: dict[str, dict[str, str]] = {
    "compare/summary.csv": {
        **STRATEGY, **FAMILY, **MEASURE, "unit": "unit of the measure", **_bounded("mean", "mean over worlds"),
        "sd": "standard deviation over worlds", "q05": QUANTILES["q05"], "q50": "median over worlds", "q95": QUANTILES["q95"],
        **_interval("cvar", f"returns only: mean of the worst tenth of worlds (conditional value at risk){TAILS}"),
    },
    "compare/paired.csv": {
        **STRATEGY, **FAMILY, **RETURN,
        **_bounded("difference", "mean over worlds of the strategy less the reference, in the unit of the measure (economic: log points)"),
        "verdict": "better or worse: the sign is certain, and the interval is not wholly inside the smallest difference that matters "
                   "(`payoff.matters`; the composite has none: any difference of it counts); same: the interval is inside it, or the difference is 0 in all "
                   "worlds; else open",
        "q05": "5 % quantile of that difference over worlds", "q95": "95 % quantile of that difference over worlds",
        "better": "share of worlds in which the return is higher than with the reference", "worse": "share of worlds in which it is lower; the rest are ties",
        **_interval("cvar_difference", f"mean of the worst tenth of worlds less that of the reference{TAILS}"),
        "variance_ratio": "how many times fewer worlds the pairing needs for the same interval; empty where nothing varies",
    },
    "compare/change.csv": {
        **STRATEGY, **RETURN, "baseline": "mean over worlds in the baseline",
        **_bounded("effect", "mean over worlds of the return less that in the baseline, on the same worlds"),
        "verdict": "as in paired.csv, of the effect",
        **_interval("moved", "how far the change moves the difference to the reference"), "moved_verdict": "as in paired.csv, of that",
    },
    "compare/dominance.csv": {
        "kind": "strategy, or family (size-adjusted: each draw takes as many members of every family as the smallest has)",
        "name": "the strategy or family",
        **_bounded("share", "share of weightings of the weighed returns for which it is best"),
    },
    "compare/behaviour.csv": {
        **STRATEGY, **FAMILY, "behaviour": "class measured from what the state did; sim/MODEL.md, section 'Behaviour', defines each",
        "share": "share of worlds in that class"},
    "compare/correlation.csv": {
        **RETURN, "other": "key of another return", "correlation": "correlation of the two over strategies, of means over worlds; above 0.9 they are one"},
    "compare/structures.csv": {
        **STRATEGY, **RETURN, "structure": "part of the model that is built otherwise; as_it_is: nothing is",
        **_bounded("difference", "mean over few worlds of the strategy less the reference, in the unit of the measure")},
    "compare/convergence.csv": {
        **STRATEGY, "worlds": "how many worlds, counted from the first", "difference": "economic difference to the reference in these worlds, log points",
        "paired": "half the width of its interval on the same worlds", "unpaired": "half the width if each strategy ran on different worlds",
    },
    "compare/assumptions.csv": {
        **STRATEGY, **RETURN, "better": "share of draws of the assumptions in which the return is higher than with the reference",
        "worse": "share of draws in which it is lower", "median": "median difference to the reference over draws",
        "mover": "the parameter whose rank correlation with the difference is strongest", "correlation": "that rank correlation (Spearman)",
    },
    "sweep/points.csv": {
        "point": "number of the point, from 0: jobs in order, within a job the points of its design",
        "<axis>": "one column per axis: its value at the point, under the name it has on the command line",
        **STRATEGY, **FAMILY, **RETURN, **_bounded("mean", "mean over worlds"), "reference": "strategy that the others are compared with at that point",
        **_interval("difference", "mean over worlds of the strategy less the reference"),
        "better": "share of worlds in which the return is higher than with the reference",
        "regret": "how far its mean falls short of the best strategy's at that point",
    },
    "sweep/changes.csv": {
        "job": "number of the job, from 0; the point of the same number in points.csv where the jobs have no design",
        **STRATEGY, **RETURN, "baseline": "mean over worlds in the baseline of the job",
        **_bounded("effect", "mean over worlds of the return less that in the baseline, on the same worlds"),
        "verdict": "as in paired.csv of a comparison, of the effect",
        **_interval("moved", "how far the job moves the difference to the reference"), "moved_verdict": "as in paired.csv, of that",
    },
    "sweep/seeds.csv": {
        "<axis>": "one column per axis other than the seed: its value at the point",
        **STRATEGY, **FAMILY, **RETURN, "seeds": "number of seeds: replicates, each with worlds of its own", **_between("", "the mean over worlds"),
        **_between("difference_", "the mean over worlds of the strategy less the reference, on the same worlds within a seed,"),
    },
    "hypotheses/scoreboard.csv": {
        "hypothesis": "name of the file in conf/hypothesis", "statement": "what is claimed", "source": "who claims it; 'after' whom, where it was not tested",
        "kind": "essay, mechanism or implementation_check; checks are counted apart", "expected": "the expected sign of the effect",
        **_bounded("effect", "the effect at the defaults, over worlds"), "unit": "unit of the effect",
        **_interval("holds", "share of draws of the assumptions in which the sign is as expected"), "draws": "number of draws that have an effect",
        "verdict": "supported, refuted, conditional, undecided, no practical difference or untested, see the report; an implementation check holds "
                   "or fails; share of variance: there is no verdict, and the effect is the first group's share, see variance.csv",
        "fails_where": "for a conditional hypothesis: the region of the assumptions in which it fails",
    },
    "hypotheses/also.csv": {
        "hypothesis": "name of the file in conf/hypothesis",
        "measured": "how it is measured instead: with another strategy, in the composite, or between strategies by what they do",
        **_bounded("effect", "the effect at the defaults, over worlds"), "unit": "unit of the effect",
        **_interval("holds", "share of draws of the assumptions in which the sign is as expected"), "draws": "number of draws that have an effect",
        "verdict": "as in scoreboard.csv",
    },
    "hypotheses/sides.csv": {
        "hypothesis": "name of the file in conf/hypothesis", "measured": "as in also.csv; empty: as the verdict is",
        "condition": "base, low, middle or high end of what is varied", "side": "what the strategies of a side do",
        "strategies": "those that do it at the defaults and are compared", "best": "the one with most of the outcome",
        "team": "members of a team, near-duplicates being one: the side counts with the average best of such teams",
        "tools": "tools that all sides have where they must be equal; any: they need not",
    },
    "hypotheses/variance.csv": {
        "hypothesis": "name of the file in conf/hypothesis", "group": "whose choices",
        **_bounded("share", "total Sobol index of these choices at the defaults, over the sample"),
        "draws_q05": "its 5 % quantile over draws of the assumptions", "draws_median": "its median over draws", "draws_q95": "its 95 % quantile over draws",
        "draws": "number of draws",
    },
    "hypotheses/draws.csv": {
        "hypothesis": "name of the file in conf/hypothesis", "draw": "number of the draw of the assumptions, from 0",
        "effect": "the effect in that draw; empty where no strategy behaves as the hypothesis says",
    },
    "sensitivity/screening.csv": {
        "input": "dotted name of what is varied", **RETURN, "selected": "whether Sobol indices are estimated for it",
        **_interval("mu_star", "mean size of its elementary effects over the full range, over trajectories"),
        **_interval("mu", "mean of its elementary effects"),
        **_interval("sigma", "standard deviation of its elementary effects: large where the effect bends or depends on other inputs"),
    },
    "sensitivity/indices.csv": {
        "input": "dotted name of what is varied", **RETURN, "rows": "rows of the design used: a quarter, half, all",
        **_interval("first", "first-order Sobol index: share of the variance it explains alone, over rows"),
        **_interval("total", "total Sobol index: share of the variance it explains together with all others, over rows"),
        "first_converged": "whether `first` has settled; in the last step only", "total_converged": "whether `total` has settled; in the last step only",
    },
    "sensitivity/ends.csv": {
        "input": "dotted name of what is varied, all others at their defaults; `defaults`: none is varied", "value": "its value: an end of its range", **RETURN,
        **_bounded("advantage", "advantage of the one side over the other, mean over worlds"), **QUANTILES,
        **_interval("change", "the advantage less that at the defaults, on the same worlds"),
    },
    "sensitivity/sample.csv": {
        "point": "number of the point, from 0", "<number>": "one column per selected input: its value",
        "<measure>": "one column per return: the advantage at that point, mean over worlds",
    },
    "robustness/strategies.csv": {
        **STRATEGY, **FAMILY, **RETURN,
        **_interval("regret_mean", "mean regret over futures: how far it falls short of the best strategy in the same future"),
        **_interval("regret_q90", "regret that nine tenths of futures do not exceed"), **_interval("regret_largest", "largest regret (interval over worlds)"),
        **_interval("behind", "mean regret less that of the strategy with the least; the two are tied unless it is above 0 for certain and in practice"),
        **_interval("cvar", "mean of the worst tenth of futures"), **_interval("cvar_difference", "the same less that of the reference"),
        "in_pareto_set": "whether no other strategy is at least as good in all mean returns and better in one",
        "in_pareto_set_share": "share of resamples in which that is so", "near_duplicates": "number of its group of strategies that hardly differ",
        "kept_when_thinned": "whether it represents its group where near-duplicates are dropped",
    },
    "robustness/satisficing.csv": {
        **STRATEGY, "threshold": "the return that must be good enough; `all`: every one at once", "at_least": "value that is good enough; empty for `all`",
        **_interval("share", "share of futures in which it is reached"),
    },
    "robustness/dominance.csv": {
        **RETURN, "order": "order of the stochastic dominance: 1 or 2", "strategy": "the one that may dominate", "over": "the one that may be dominated",
        "dominates": "whether it does", "share": "share of resamples in which it does",
    },
    "robustness/weights.csv": {
        "library": "all strategies, or without near-duplicates", "kind": "strategy or family",
        "members": "how many members of each family count; 0 for strategies", "name": "the strategy or family",
        **_interval("share", "share of weightings and futures in which it is best, over futures"),
    },
    "robustness/boxes.csv": {
        "kind": "box (of PRIM) or leaf (of a tree)", "number": "number of the box or leaf, from 1",
        "input": "dotted name that the row limits; empty where nothing is",
        "side": "whether the value bounds it from below or above", "value": "where the limit lies", "p": "p-value of the limit",
        **_interval("coverage", "share of all failures that lie inside"), **_interval("density", "share of the futures inside that are failures"),
        "base": "the density without any limit", "support": "share of all futures that lie inside",
    },
    "robustness/trajectory.csv": {
        "number": "box after so many peels of PRIM; the number that `--box` takes", "inputs": "how many inputs it restricts",
        **_interval("coverage", "share of all failures that lie inside"), **_interval("density", "share of the futures inside that are failures"),
        "base": "the density without any limit", "support": "share of all futures that lie inside", "limits": "in words, by dotted name",
    },
    "robustness/futures.csv": {
        "future": "number of the future, from 0", "<number>": "one column per number that is drawn: its value",
        "advantage": "advantage of the one side over the other, mean over worlds", "fails": "whether it is below the limit of failure",
        "<measure>: <strategy>": "one column per return and strategy: the mean over worlds",
    },
    "robustness/break_even.csv": {
        **RETURN, "strategy": "strategy or family on the one side", "family": "its family; empty for a family",
        "against": "strategy or family on the other side",
        "lens": "how far the powers read trade as they read bases", **_bounded("rivalry", "mean rivalry (logit) at which both gain the same, over worlds"),
        "rises": "whether the one side is ahead above it", "share": "share of resamples in which the two cross there",
        "crosses": "whether they cross anywhere", "stays_ahead": "in words: where they cross and on which side the one is ahead, or which one stays ahead",
    },
    "optimize/out_of_sample.csv": {
        **STRATEGY, **FAMILY, **_interval("in_sample", "the objective in the futures of the search"),
        **_interval("out_of_sample", "the objective in other futures"),
        **_interval("optimism", "`in_sample` less `out_of_sample`"), **_interval("best_found_ahead", "the best strategy found less this one, out-of-sample"),
        "lean": "mean size of its tilt", "hedging_index": "mean of its smaller engagement over the larger",
        "<measure>": "one column per return of the front: the objective in it less the reference's", "<measure>_low": "lower end of its 95 % interval",
        "<measure>_high": "upper end of its 95 % interval",
    },
    "optimize/candidates.csv": {
        "by": "how it was proposed: random, search or front", "<number>": "one column per number searched that names a domain or a lean: its value",
        "<measure>": "one column per other number searched: its value",
        "objective: <measure>": "one column per return: the objective on the futures of the search",
    },
    "optimize/under_policies.csv": {
        **POLICIES, **_interval("ahead_of_best", "the best strategy found less the best of the library, over worlds"),
        **_interval("ahead_of_reference", "the best strategy found less the reference, over worlds"),
    },
    "tournament/long_run.csv": {
        **PRICE, "player": "first, second or small_state", "action": "policy of a power, or strategy of the small state",
        **_interval("share", "share of the long run in which it is played (alpha-rank), over resampled worlds"),
    },
    "tournament/pairs.csv": {
        **PRICE, **POLICIES, "best_answer": "the small state's best strategy against this pair",
        "first_stays": "whether the first power gains nothing by changing its policy",
        "second_stays": "whether the second power gains nothing by changing its policy", **_interval("share", "share of the long run of this pair of policies"),
    },
    "tournament/equilibria.csv": {
        **PRICE, "chosen": "at_once: all three choose at once; small_state_answers: the powers choose and the small state answers",
        "strategy": "strategy of the small state", **POLICIES, "in_mean_payoffs": "whether it is an equilibrium of the mean payoffs",
        **_interval("share", "share of resamples of the worlds in which it is an equilibrium"),
    },
    "tournament/mixed.csv": {
        **PRICE, "equilibrium": "number of the equilibrium of the two powers, from 1", "complete": "whether all are listed; any other is a mix of these",
        **POWER,
        "policy": "policy that the power plays with a positive chance", "chance": "that chance",
        **_interval("share", "share of resamples with an equilibrium over the same policies"),
    },
    "tournament/costs.csv": {
        **POWER, "policy": "its policy", **_interval("influence", "influence it gains, points, over worlds"),
        **_interval("outlay", "what it costs, in 0.01 % of its GDP"),
        **_interval("break_even_price", "price of influence above which the policy of least effort is better"),
        "least_effort": "whether this is the policy of least effort",
    },
    "tournament/other_ways.csv": {
        **PRICE, **POWER, "policy": "its policy",
        "way": "another way to compute the long run: another strength of selection, or the replicator rule",
        "share": "share of the long run of the policy, computed that way",
    },
    "tournament/payoffs.csv": {
        **STRATEGY, **POLICIES, "<measure>": "the return of the small state, and `influence_` and `outlay_` of either power: mean over worlds",
        "<measure>_low": "lower end of its 95 % interval", "<measure>_high": "upper end of its 95 % interval",
    },
    "tournament/answers.csv": {
        **POLICIES, "best": "best strategy against this pair of policies", "family": "its family", "next": "the next best strategy",
        **_interval("ahead", "the best less the next, over worlds"), "tied": "strategies that cannot be distinguished from the best",
    },
    "tournament/strategies.csv": {
        **STRATEGY, **FAMILY, **_interval("all_pairs", "mean over all pairs of policies"), **_interval("worst", "its mean under the worst pair"),
        "worst_first": "policy of the first power in that pair", "worst_second": "policy of the second power in that pair",
        **_interval("best", "its mean under the best pair"),
        "best_first": "policy of the first power in that pair", "best_second": "policy of the second power in that pair",
        **_interval("surviving_<price>", "one set of columns per price: its mean against the policies that survive at that price"),
        **_interval("behind_<price>", "one set of columns per price: the same less that of the best strategy"),
    },
    "tournament/adoption.csv": {
        "generation": "number of the generation, from 1", "kind": "strategy or family", "name": "the strategy or family",
        **_interval("share", "share of members, mean over populations"), "q05": "5 % quantile over populations", "q95": "95 % quantile over populations",
    },
    "tournament/mix.csv": {
        **STRATEGY, **FAMILY, **_interval("share", "share of members in the last generations, mean over populations"), "q05": "5 % quantile over populations",
        "q95": "95 % quantile over populations", "largest_or_tied": "whether no other share is surely larger",
        **_interval("change", "how much the share still changes in the last generations"),
        **_interval("gain_on_entering", "what one member gains by playing it instead of its own strategy"),
        **_interval("more_than_others", "the same less what the other members gain by it"), "gains_in": "share of populations in which it gains",
        "near_duplicates": "number of its group of strategies that hardly differ",
    },
    "tournament/variants.csv": {
        "variant": "what is changed: the start, selection, mutation or the rule", "rule": "how members revise: fermi or replicator",
        "selection": "strength of selection: how much gains count", "mutation": "chance that a member tries any strategy",
        "populations": "number of populations", **STRATEGY,
        **_interval("share", "share of members in the last generations"), **_interval("difference_to_main", "the same less the share in the main case"),
    },
    "tournament/generations.csv": {
        "generation": "number of the generation, from 1",
        **{f"{name}{end}": f"{meaning}{of}" for name, meaning in (
            ("gain", "mean gain of all members against everybody playing the reference"), ("cohesion", "cohesion of the region"),
            ("reference_cohesion", "cohesion of the region where everybody plays the reference"))
           for end, of in (("", ", mean over populations"), ("_low", ": lower end of the 95 % interval"), ("_high", ": upper end of the 95 % interval"),
                           ("_q05", ": 5 % quantile over populations"), ("_q95", ": 95 % quantile over populations"))},
    },
    "rank/league.csv": {
        "place": "place in the league; equal where the paired interval of the difference holds 0", "strategy": "name of the entrant", **FAMILY,
        "file": "its file", **_interval("score", "composite less that of the reference, mean over scenarios and worlds"),
        **_interval("behind", "score of the first less its own"), "best_scenario": "scenario with its highest score", "best_score": "that score",
        "worst_scenario": "scenario with its lowest score", "worst_score": "that score",
        "best_world": "number of the world with its highest score on average over scenarios", "worst_world": "number of that with its lowest",
    },
    "rank/scenarios.csv": {
        "strategy": "name of the entrant", "scenario": "name of the scenario", "place": "place in that scenario",
        **_interval("score", "composite less that of the reference, mean over worlds"),
    },
    "rank/not_ranked.csv": {"file": "file that takes no part", "reason": "why, the first reason"},
    "hindcast/series.csv": {
        **SERIES, "year": "calendar year", "observed": "observed value; empty where there is none", "error": "its standard error of measurement",
        "forecast": "median of the kept draws", "q25": "25 % quantile of the kept draws, measurement error included", "q75": "75 % quantile, likewise",
        "q05": "5 % quantile, likewise", "q95": "95 % quantile, likewise", "prior_forecast": "median of all draws, before anything was fitted",
        "constant": "mean of the training years; of amounts that grow that of their logarithms",
        "last_value": "until the last training value the first value, from then on the last one of training",
        "trend": "straight line through the training years (of logarithms where amounts grow)",
        "ar1": "AR(1) fitted on the training years, from the same origins",
    },
    "hindcast/scores.csv": {
        **SERIES, "years": "training or test", "ahead": "years from the origin to the forecast; 0: free run from the start",
        "forecast": "model, or which simple forecast", "n": "years scored; the first value is not, for baselines begin there",
        "rmse": "root mean square error, in the unit of the measure",
        "bias": "mean of forecast less observed", "log_error": "mean absolute logarithm of forecast over observed; empty where one is not above 0",
        "error": "root mean square error on the scale of changes: logarithms of amounts that grow",
        **_interval("skill", "1 less the mean square error of the model over that of this simple forecast"),
        "in_50": "share of observations in the 50 % band; free run of the model only", "in_90": "share in the 90 % band",
    },
    "hindcast/verdicts.csv": {
        **SERIES, "verdict": "skill, unsure, no skill or not tested, by the rule of the report", "fitted": "whether the draws were fitted to it"},
    "hindcast/prior.csv": {
        "number": "dotted name of the number drawn", "contraction": "1 less its standard deviation among the kept draws over that in the prior",
        "q05": "5 % quantile of the kept draws, as a share of its range", "q50": "median, likewise", "q95": "95 % quantile, likewise",
        "p": "of a Kolmogorov-Smirnov test that the kept draws come from the prior, times the number of tests",
    },
    "hindcast/strategies.csv": {**STRATEGY, "share": "share among the kept draws; all were equally likely before"},
    "hindcast/kept.csv": {
        "place": "place among the kept draws, from 0, nearest first", "<number>": "one column per number drawn: its value", **STRATEGY,
        "distance": "mean error over the series in training, each in errors of a middling draw",
        "test_distance": "the same in the test; empty where there is none",
    },
    "hindcast/turns.csv": {
        "what": "what happened", **SERIES, "start": "the year before", "end": "the year after",
        "observed": "observed change: logarithm of the ratio for amounts that grow, else the difference", "simulated": "median of the same over the kept draws",
        "q05": "5 % quantile over the kept draws", "q95": "95 % quantile over the kept draws", "same_sign": "share of the kept draws with the observed sign",
        "training": "whether it lies in the training years",
    },
    "hindcast/ranks.csv": {
        "measure": SERIES["measure"], "actor": SERIES["actor"], "states": "states compared",
        "training": "mean over years of the rank correlation of observed and simulated change since the first year", "test": "the same over the test years",
    },
    "patterns/patterns.csv": {
        "pattern": "name of the file in conf/pattern", "statement": "the fact", "source": "who measured it",
        "role": "fitted: a number of the model was chosen with this fact in sight; held_out: none was", "statistic": "how it is measured; conf/README.md",
        **_bounded("value", "what the model shows, mean over worlds"), "expected_low": "lower end of the expected range", "expected_high": "its upper end",
        "tolerance": "how far beyond it is reproduced in part", "verdict": "reproduced, in part or not reproduced", "worlds": "worlds in each run; 0: none",
    },
    "export/payoffs.csv": {
        **STRATEGY, **FAMILY, "point": "number of the point, from 0", "world": "number of the world, from 0",
        "<axis>": "one column per axis: its value; the axis `world` of a sweep is called world.name",
        "<measure>": "one column per measure: its value in that world",
    },
    "export/payoffs_columns.csv": {
        "column": "name of the column of payoffs.csv", "value": "a key that stands in it; empty in the row on the column itself",
        "label": "name of the column, or of the key, for people", "unit": "unit of the column; - for a pure number, empty for words",
        "kind": "key, axis, return, outcome, behaviour or power", "meaning": "what the column holds",
    },
    "replay/trajectory.csv": {
        "variable": "name of the variable; sim/MODEL.md, section 2", "unit": "its unit", "quarter": "number of the quarter, from 0",
        "of": "whose it is: domain, power or partner, and state", "value": "its value",
    },
}


def unexplained(table: str, columns: Iterable[str]) -> list[str]:
    """Columns of a table that are not in `COLUMNS`; of an unknown table all columns.

    Args:
        table: Its key, such as "compare/summary.csv".
        columns: Names of its columns.
    """
    known = COLUMNS.get(table, {})
    patterns = [re.compile(_pattern(name)) for name in known if "<" in name]
    return [name for name in columns if name not in known and not any(pattern.fullmatch(name) for pattern in patterns)]


def missing(table: str, columns: Iterable[str]) -> list[str]:
    """Columns of `COLUMNS` that a table lacks; those that depend on options do not count."""
    have = set(columns)
    return [name for name in COLUMNS.get(table, {}) if "<" not in name and name not in have]


def check(table: str, columns: Iterable[str]) -> None:
    """Raise where a table that is about to be written is not the one explained here.

    Raises:
        ValueError: It has other columns.
    """
    names = [str(name) for name in columns]
    if strange := unexplained(table, names) + missing(table, names):
        raise ValueError(f"{table}: experiments/runs/columns.py and the table do not agree on {', '.join(strange)}")


def explained() -> Mapping[str, Mapping[str, str]]:
    """Tables by command, for a page: each with its columns, an estimate and the ends of its interval in one row."""
    return {table: _folded(columns) for table, columns in COLUMNS.items()}


def _folded(columns: Mapping[str, str]) -> dict[str, str]:
    rows: dict[str, str] = {}
    taken: set[str] = set()
    for name, meaning in columns.items():
        if name in taken:
            continue
        ends = next((pair for pair in ((f"{name}_low", f"{name}_high"), ("low", "high"))
                     if all(f"of `{name}`" in columns.get(end, "") for end in pair)), ())
        taken |= {name, *ends}
        rows[", ".join(f"`{column}`" for column in (name, *ends))] = meaning + (", with its 95 % interval" if ends else "")
    return rows


def _pattern(name: str) -> str:
    parts = re.split(r"(<\w+>)", name)
    return "".join(PLACEHOLDERS.get(part, re.escape(part)) for part in parts)
