"""The studio: see a negotiation, change it, sit at the table, in a browser.

Rules that hold here
- What is decided here is decided without a browser: only `app` and `pages` import NiceGUI.
- Everything shown is one insider's account in a model, not a forecast, and the pages say so.
- A page needs nothing from elsewhere: no request leaves the machine.
"""
