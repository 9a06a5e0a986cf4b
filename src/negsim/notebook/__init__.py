"""The package as a notebook uses it: scenarios, runs and studies that show themselves and call the rooms below.

- Each object is one of the plain ones, with verbs: whatever takes a `Scenario` takes what `negsim.load` returns, and
  `negsim.scenario.load` returns the plain one. No room below knows this one.
- The verbs mean the same everywhere: `summary` is the text that the command of that name prints, `frame` the table
  behind it, `plot` its pictures.
- What a cell shows is short; `print` shows a text whole.
"""
