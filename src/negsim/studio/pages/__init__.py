"""The pages of the studio.

- A page shows what the modules above decide. It holds nothing that has to survive a reload.
- Texts of people and files reach a page as text, never as HTML.
"""
