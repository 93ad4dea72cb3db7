"""How often Python looks for objects that only refer to each other."""

import gc


def look_seldom() -> None:
    """In a process of our own: libraries make objects by hundred thousands, few of which are garbage, and the usual search takes a tenth of the time."""
    gc.set_threshold(50_000, 20, 20)
