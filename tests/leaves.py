"""The values of plain data, such as that of a file."""


def leaves(data, path=()):
    """Every value with its path; a list or mapping without entries is a value."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    if not items:
        yield path, data
    for key, value in items:
        yield from leaves(value, (*path, key))
