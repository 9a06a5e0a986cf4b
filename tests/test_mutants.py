"""The lists of the mutation tests are those of the code as it is."""

from benchmarks import mutants


def test_every_seeded_defect_can_be_put_in():
    sources = {defect: (mutants.ROOT / "src/negsim" / defect.file).read_text("utf-8") for defect in mutants.DEFECTS}
    assert [defect.file for defect, source in sources.items() if source.count(defect.old) != 1] == []


def test_every_mutant_that_computes_the_same_is_one_of_the_code():
    found = (mutant for part in mutants.PARTS.values() for mutant in mutants.mutants_of(part))
    lines = {mutant.says((mutants.ROOT / mutant.file).read_bytes()) for mutant in found}
    assert mutants.known_equivalent() - lines == set()
