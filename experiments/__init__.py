"""Experiments on the counterpoise model: configuration, comparison, figures, reports, commands."""
