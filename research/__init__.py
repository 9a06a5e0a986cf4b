"""The paper about the working group of 2011 and 2012: how the model is calibrated, and how it explains that history.

`python -m research` lists the parts. This package is not installed with negsim: it imports negsim, never the reverse.
"""
