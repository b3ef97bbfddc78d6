"""Near-duplicates: found with small changes, told apart when different, in bounded memory."""

from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from narratives.report.copies import Copies, Seen
from narratives.report.letters import GRAM, SHORTEST, fingerprints
from narratives.report.reading import layout, tables
from narratives.report.tally import tally

from .conftest import flagged, row, write

LONG = "Savjet stanara poziva sve komšije na sastanak u srijedu u šest sati popodne u velikoj sali škole"


def prints(texts):
    return fingerprints(pa.array(texts, pa.string()), np.ones(len(texts), bool))


def groups(texts, known=1000):
    copies = Copies(known)
    found = prints(texts)
    names = dict.fromkeys(range(len(texts)), "x")
    copies.add(found, pa.array(texts), [None] * len(texts), names, names, names)
    return copies.groups(1)


def test_small_changes_make_no_difference():
    changed = [
        LONG, LONG.upper(), LONG.replace("š", "s"), f"{LONG} https://t.co/a1b2", f"@ana {LONG}!!!", f"🔥{LONG}🔥",
        LONG.replace(" ", "  "), LONG.replace("srijedu", "petak"),
    ]  # fmt: skip
    assert [g.count for g in groups(changed)] == [len(changed)]


def test_different_texts_are_told_apart():
    other = "Sutra u podne počinje radionica za djecu, prijave se primaju u biblioteci do kraja sedmice"
    assert [g.count for g in groups([LONG, other])] == [1, 1]


def test_short_texts_are_never_copies():
    assert groups(["Bravo!"] * 5) == []


def test_memory_is_bounded_and_frequent_texts_survive():
    rng = np.random.default_rng(1)
    texts = []
    for i in range(600):
        texts.append("".join(rng.choice(list("abcdefghijklmnop"), 60)))
        if i % 5 == 0:
            texts.append(LONG)
    copies = Copies(known=100)
    for start in range(0, len(texts), 50):
        part = texts[start : start + 50]
        names = dict.fromkeys(range(50), "x")
        copies.add(prints(part), pa.array(part), [None] * 50, names, names, names)
    assert copies.groups()[0].count == 120
    assert len(copies.groups(1)) <= 100
    assert copies.forgotten > 0


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_text_has_a_fingerprint_of_its_own_place(texts):
    together = prints(texts)
    for i, text in enumerate(texts):
        alone = prints([text])
        assert together.whole[i] == alone.whole[0]
        assert together.long[i] == alone.long[0]
    assert len(together.minhash) == int(together.long.sum())
    assert GRAM < SHORTEST


def test_minhash_does_not_depend_on_neighbours():
    other = "Një fqinj solli supë për të gjithë ata që prisnin në radhë para zyrës së komunës dje"
    alone, together = prints([LONG]), prints([other, LONG, "da", LONG])
    assert (together.minhash[1] == alone.minhash[0]).all()
    assert (together.minhash[2] == alone.minhash[0]).all()


def test_seen_counts_a_text_once_a_week():
    seen = Seen(16)
    whole = np.array([5, 5, 6, 0, 0], np.uint64)
    week = np.full(5, 739_257, np.int32)
    assert seen.fresh(whole, week).tolist() == [True, False, True, True, True]
    assert seen.fresh(whole[:1], week[:1]).tolist() == [False]
    assert seen.fresh(whole[:1], week[:1] + 7).tolist() == [True]


def test_groups_of_a_file(tmp_path):
    rows = [flagged(i, "invasion_flood", date(2026, 1, 5 + i), text=f"{LONG} {'!' * i}") for i in range(4)]
    rows += [row(10 + i, text=LONG) for i in range(5)]  # harmless copies are nobody's business
    path = write(tmp_path / "s.csv", rows)
    found = tally(tables(path, layout(path), text="text", date="created_at", platform="platform"))
    (group,) = found.copies.groups()
    assert (group.count, group.lang, dict(group.platforms)) == (4, "sq", {"forum": 4})
    assert date.fromordinal(group.last) == date(2026, 1, 8)
    # of five harmless posts with one text in one week, and four flagged with it, one counts
    assert sum(found.fresh_decisions.values()) == 1
