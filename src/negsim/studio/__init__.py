"""The studio: a small server that hands out pages which run the model, checks what visitors write, and leads a class.

- It draws nothing: what moves in a browser is the page of `negsim.page`, and the scripts in `web`.
- Everything that decides works without a server: only `door`, `server` and `pages` import Starlette or uvicorn.
- A page needs nothing from elsewhere: no request leaves the machine.
"""
