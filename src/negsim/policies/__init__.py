"""Policies: Python objects in the seats of delegates, and in the chair.

- A policy answers in the middle beat of a turn; if it answers None the delegate, or the chair, decides by the rules of
  the model. `View` is what a delegate may know then, `RoomView` what everybody in the room sees.
- `SeatedNegotiation` is a negotiation under way with its policies; `replicate` makes many.
- `Program` is a policy that asks a process or a chat-completions endpoint.
"""

from negsim.policies.program import Program, chat, process
from negsim.policies.seated import RESPONSES, SeatedNegotiation, read_only, replicate
from negsim.policies.views import CorridorAnswer, Paragraph, RoomView, View

__all__ = [
    "RESPONSES",
    "CorridorAnswer",
    "Paragraph",
    "Program",
    "RoomView",
    "SeatedNegotiation",
    "View",
    "chat",
    "process",
    "read_only",
    "replicate",
]
