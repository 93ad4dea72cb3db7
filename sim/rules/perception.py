"""What the powers believe about a state's alignment. MODEL.md, step 3."""

from sim.axes import ECONOMY, SECURITY, Array, Number, rival
from sim.rules.numeric import clip


def observed_alignment(engagement: Array, flow_share: Array, noise: Array | float, *, lens: Array, flow_weight: Array) -> Array:
    """What each power sees of a state this quarter, shape (D, G, S, R).

    A power discounts what it gets by what the rival gets, the more so the larger its lens, and infers
    alignment from flows that the state does not control (`flow_weight`): being taken for married to whoever invests.

    Args:
        engagement: Cooperation opened to each power, (D, G, S, R).
        flow_share: Smoothed share of each power in external capital, (G, S, R).
        noise: Observation noise, already scaled, (D, G, S, R) or 0.
        lens: Weight of the rival's gain, (D, R).
        flow_weight: Weight of flows against engagement, (D, 1) or (D, R).
    """
    read = engagement + flow_weight[:, None, None] * (flow_share - engagement)
    return read - lens[:, None, None] * rival(read) + noise


def next_perceived(perceived: Array, observed: Array, ambiguity: Array, *, gain: Number) -> Array:
    """Update beliefs with a constant-gain Kalman filter, in [-1, 1], shape (D, G, S, R).

    Strategic ambiguity (S, 1) makes the powers give less weight to what they see.
    """
    return clip(perceived + gain / (1 + ambiguity) * (observed - perceived), -1, 1)


def alignment(perceived: Array, security_weight: Array) -> Array:
    """Perceived alignment weighted over domains by what each power watches, shape (G, S, R)."""
    return perceived[ECONOMY] + security_weight * (perceived[SECURITY] - perceived[ECONOMY])
