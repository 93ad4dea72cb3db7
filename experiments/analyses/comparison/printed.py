"""The table that a run prints: returns and risk, then differences to the reference."""

from experiments.analyses.comparison.comparison import Comparison, differing
from experiments.analyses.comparison.findings import labels_of
from experiments.analyses.comparison.page import difference_rows, dominance_rows, level_rows
from experiments.figures.scales import scale_of
from experiments.names import filled
from experiments.report.phrases import cautions
from experiments.words import fixed, number, share
from sim.payoffs import MEASURES

#: What the powers did and gained.
POWER_SIDE = ("alignment_first", "alignment_second", "trust_first", "trust_second", "flow_first", "flow_second")


def text(comparison: Comparison) -> str:
    """Plain text, one line per strategy and table."""
    shown = labels_of(comparison)
    width = max(len(name) for name in shown.values()) + 2
    heads = [scale_of(measure).label.lower() for measure in differing(comparison)]
    lines = ["", "Returns: mean over worlds. Risk: mean of the worst tenth of worlds, economic. Best for: share of weightings of the returns.",
             f"{'strategy':<{width}}" + "".join(f"{head:>12}" for head in heads) + f"{'risk':>12}{'best for':>10}"]
    for row in level_rows(comparison):
        levels = "".join(f"{fixed(mean, 4):>12}" for mean, _ in row["returns"].values())
        lines.append(f"{row['strategy']:<{width}}{levels}{fixed(row['returns']['economic'][1], 4):>12}{share(row['share']):>10}")
    lines += ["", f"Difference to {shown[comparison.reference]} on the same worlds, [95 % interval], and share of worlds in which the strategy is better.",
              "Economic: % of consumption. The others: points (hundredths of the return).",
              f"{'strategy':<{width}}" + "".join(f"{head:>34}" for head in heads)]
    for row in difference_rows(comparison):
        cells = (f"{cell['mean']} {cell['interval']} {cell['better']:>5}" for cell in row["returns"].values())
        lines.append(f"{row['strategy']:<{width}}" + ("  (reference)" if row["key"] == comparison.reference else "".join(f"{cell:>34}" for cell in cells)))
    lines += cautions(comparison.n_different)
    wide = max(24, 2 + max(len(filled(MEASURES[m].label)) for m in POWER_SIDE))
    lines += ["", "The powers towards the state: mean over worlds; 95 % intervals are in summary.csv.",
              f"{'strategy':<{width}}" + "".join(f"{filled(MEASURES[m].label):>{wide}}" for m in POWER_SIDE)]
    summary = comparison.summary.set_index(["strategy", "measure"])["mean"]
    for row in level_rows(comparison):
        lines.append(f"{row['strategy']:<{width}}" + "".join(f"{fixed(summary[(row['key'], m)], 3):>{wide}}" for m in POWER_SIDE))
    shares = ", ".join(f"{row['name']} {row['share']}" for row in dominance_rows(comparison)["family"])
    lines += ["", f"Share of weightings for which each family is best, size-adjusted: {shares}."]
    if comparison.variance_reduction == comparison.variance_reduction:
        lines.append("Comparing on the same worlds: independent worlds would have to be "
                     f"{number(comparison.variance_reduction)} times as many (economic, median over strategies).")
    return "\n".join(lines)
