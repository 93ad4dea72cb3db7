"""What all figures share.

Each figure has a file in the `figures/` of its analysis: a `draw(figure, subject)`, which sets the height of an empty figure and
returns its axes, an `alt(subject)`, and beside them a `FigureSpec` with title, question and caption.
"""
