"""The table a run prints: returns and risk, then differences to the reference."""

from experiments.comparison import Comparison
from experiments.report.page import difference_rows, dominance_rows, level_rows
from sim.payoffs import MEASURES, RETURNS

#: What the powers did and got, beside what the state got.
POWER_SIDE = ("alignment_china", "alignment_us", "trust_china", "trust_us", "visits_us", "flow_china", "flow_us")


def text(comparison: Comparison) -> str:
    """Plain text, one line per strategy and table."""
    width = max(len(name) for name in comparison.strategies) + 2
    heads = [MEASURES[m].label.lower() for m in RETURNS]
    lines = ["", "Returns: mean over worlds. risk: mean of the worst tenth of worlds, economic. best for: share of weightings of the returns.",
             f"{'strategy':<{width}}" + "".join(f"{head:>12}" for head in heads) + f"{'risk':>12}{'best for':>10}"]
    for row in level_rows(comparison):
        levels = "".join(f"{mean:>12.4f}" for mean, _ in row["returns"].values())
        lines.append(f"{row['strategy']:<{width}}{levels}{row['returns']['economic'][1]:>12.4f}{row['share']:>10.1%}")
    lines += ["", f"Difference to {comparison.reference} on the same worlds [95 % interval] and share of worlds in which it is better.",
              "economic: % of consumption; the rest: points, hundredths of the return.",
              f"{'strategy':<{width}}" + "".join(f"{head:>31}" for head in heads)]
    for row in difference_rows(comparison):
        cells = (f"{cell['mean']} [{cell['interval']}] {cell['better']:>4}" for cell in row["returns"].values())
        lines.append(f"{row['strategy']:<{width}}" + ("  (reference)" if row["strategy"] == comparison.reference else "".join(f"{cell:>31}" for cell in cells)))
    lines += ["", "The powers towards the state: mean over worlds, [95 % interval] in summary.csv.",
              f"{'strategy':<{width}}" + "".join(f"{MEASURES[m].label:>24}" for m in POWER_SIDE)]
    summary = comparison.summary.set_index(["strategy", "measure"])["mean"]
    for row in level_rows(comparison):
        lines.append(f"{row['strategy']:<{width}}" + "".join(f"{summary[(row['strategy'], m)]:>24.3f}" for m in POWER_SIDE))
    best = dominance_rows(comparison)["family"]
    shares = ", ".join(f"{row['name']} {row['share']:.1%} [{row['interval']}]" for row in best)
    lines += ["", f"Best for a share of weightings, families at equal size: {shares}."]
    if comparison.variance_reduction == comparison.variance_reduction:
        lines.append(f"Pairing: {comparison.variance_reduction:.1f} times fewer worlds than independent ones would need (median, economic).")
    return "\n".join(lines)
