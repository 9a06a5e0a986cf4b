"""The cast: everything that has a name for people, declared once.

- A record has a name, a label, its meaning in a sentence, a colour, and its place among its like is its order. Tables,
  menus, captions, style sheets, schemas and the documentation are made from it.
- Measures are declared in `negotiation.measures`; what kernels read stays in `negotiation`, and records point to it.
- Nothing heavy is imported: the help of every command waits for this.
"""
