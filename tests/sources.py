"""What the files of the package say."""

import ast
from importlib import resources
from pathlib import Path

PACKAGE = Path(str(resources.files("negsim")))
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def texts(file):
    """The text of a file, or the string constants of a module, docstrings apart."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return [text]
    tree = ast.parse(text)
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, _DOCUMENTED)}
    strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [string for string in strings if string not in docs]
