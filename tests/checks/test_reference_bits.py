"""The comparison of `benchmarks/same_bits.py`: it sees every bit, and only what is the same passes."""

import math
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "same_bits.py"))
HEADER = "seed,replication,outcome,depth,readings\n"
TEXT = HEADER + "18446744073709551615,0,none,0.1,3.0\n18446744073709551615,1,consensus,nan,4.0\n"


def differences(one, other, **tables):
    return list(SCRIPT["differences"](one, other, **tables))


def table(**columns):
    return pd.DataFrame({"replication": [0, 1, 2], "depth": [0.1, math.nan, 0.3]} | columns)


def compare(tmp_path, reference, tree):
    """Differences of two folders with these files."""
    for side, files in (("reference", reference), ("tree", tree)):
        (tmp_path / side).mkdir()
        for name, text in files.items():
            (tmp_path / side / name).write_text(text)
    return SCRIPT["compare"](tmp_path / "reference", tmp_path / "tree")[1]


def test_equal_tables_have_no_differences_and_nan_equals_nan():
    assert differences(table(), table()) == []


@pytest.mark.parametrize("value", [math.nextafter(0.3, 1), math.nan, -0.3])
def test_a_last_bit_differs_and_the_line_names_column_row_and_values(value):
    (line,) = differences(table(), table(depth=[0.1, math.nan, value]))
    assert line == f"depth: 1 of 3 rows, first row 2 (replication 2): 0.3 in the reference, {value!r} here"


def test_minus_zero_is_not_zero():
    assert differences(table(depth=[0.0] * 3), table(depth=[0.0, -0.0, 0.0])) != []


def test_a_whole_number_equals_its_float_up_to_the_last_digit():
    assert differences(table(left=[0, 1, 2]), table(left=[0.0, 1.0, 2.0])) == []
    assert differences(table(left=[0, 1, 2**53 + 1]), table(left=[0.0, 1.0, 2.0**53])) != []
    seeds = np.array([2**64 - 1] * 3, dtype=np.uint64)
    assert differences(table(seed=seeds), table(seed=seeds - np.uint64(1))) != []


def test_rows_that_one_side_lacks_are_a_difference_and_so_is_an_empty_table():
    assert differences(table(), table().iloc[:2]) == ["3 rows in the reference, 2 in the tree"]
    assert differences(table().iloc[:0], table().iloc[:0]) == ["0 rows in the reference, 0 in the tree"]


def test_a_renamed_column_is_compared_under_its_new_name():
    new = table().rename(columns={"depth": "depth_of_text"})
    assert differences(table(), new) == ["depth: only the reference has it", "depth_of_text: only the tree has it"]
    assert differences(table(), new, renamed={"depth": "depth_of_text"}) == []
    (line,) = differences(table(), new.assign(depth_of_text=0.5), renamed={"depth": "depth_of_text"})
    assert line.startswith("depth_of_text: 3 of 3 rows")


def test_a_column_of_one_side_has_to_be_allowed():
    wide = table(trials=[0, 0, 1])
    assert differences(wide, table()) == ["trials: only the reference has it"]
    assert differences(table(), wide) == ["trials: only the tree has it"]
    assert differences(wide, table(), reference_only={"trials"}) == []
    assert differences(table(), wide, tree_only={"trials"}) == []
    assert differences(table(), table(**{"trials.funding": [0, 0, 1]}), tree_only={"trials"}) == []
    assert differences(wide, table(trials=[0, 0, 2]), reference_only={"trials"}, tree_only={"trials"}) != []


def test_a_table_that_the_tree_lacks_is_a_difference_and_a_new_one_is_not(tmp_path):
    lines = compare(tmp_path, {"runs.csv": TEXT, "issues.csv": TEXT}, {"runs.csv": TEXT, "blocks.csv": TEXT})
    assert lines == ["issues, only the reference has this table"]
