"""A class that plays: students hand in strategies, a board for the projector ranks them.

room.py ties it together. handed_in.py is the folder, rounds.py the scenarios nobody has seen, league.py the places, copying.py imitation, drawn.py tables and
charts as text, export.py the zip. student.py and board.py are the two pages; they alone need a browser.
"""
