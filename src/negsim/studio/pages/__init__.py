"""The pages of the studio, one module each.

Rules that hold here
- A page shows what the modules above decide; it holds nothing that has to survive a reload.
- Whatever people or files say is shown as text, never as HTML.
"""
