"""Figures of sensitivity, decisions, scenario discovery, hypotheses and imitation.

Each file has a `draw(figure, …)`, which sets the height of an empty figure and returns its axes, and an `alt(…)`.
The caller draws `with style.styled()` and adds headline and foot by `layout.frame`.
"""
