"""The report of a run: headline sentences and one self-contained page."""
