"""The studio: watch a negotiation in a browser, change it, take a seat at the table.

- Everything that decides works without a browser: only `server` and `pages` import NiceGUI.
- A page needs nothing from elsewhere: no request leaves the machine.
"""
