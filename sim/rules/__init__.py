"""The rules: one small file per moving quantity; arrays in, new array out.

Shapes are given with the axes of `sim.axes`: domain D, power G, state S, world R, partner J. A
parameter is one number or has shape (R,). No rule draws random numbers or knows an agent.
"""
