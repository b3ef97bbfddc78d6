"""What a person is given to read: little, mixed, light at the end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from narratives.review.queue import CALM, HEAVY, UNLABELLED, Item, build, digest, ordered

LABELS = ["invasion_flood", "welfare_burden", "dehumanisation"]


def posts(row, count: int, label: str | None, start: int = 0, **more):
    """Posts that have nothing in common but the label."""
    texts = [
        f"{_letters(n)}ak {_letters(n + 7)}ost {label or 'x'} {_letters(n * 3)}ica {_letters(n * 5)}an"
        for n in range(count)
    ]
    return [row(start + i + 1, text, labels=[label] if label else [], **more) for i, text in enumerate(texts)]


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number + 100))


def test_counts_come_without_reading(row):
    rows = [*posts(row, 3, "invasion_flood", severity=2), *posts(row, 2, None, 3, decision="clear", severity=0)]
    overview, _ = build(rows, size=5)
    assert overview.rows == 5
    assert overview.decisions == {"flag": 3, "clear": 2}
    assert overview.labels == {"invasion_flood": 3}
    assert overview.severities == {0: 2, 2: 3}


def test_labels_take_turns_and_calm_posts_are_mixed_in(row):
    rows = [r for i, label in enumerate(LABELS) for r in posts(row, 30, label, 100 * i)]
    rows += posts(row, 30, None, 900, decision="clear")
    _, queue = build(rows, size=20)
    order = [item.label for item in queue]
    assert len(queue) == 20
    assert order.count(CALM) == 4
    assert order[-1] == CALM
    hard = [label for label in order if label != CALM]
    assert all(hard[i] != hard[i + 1] for i in range(len(hard) - 1))
    assert {hard.count(label) for label in LABELS} <= {5, 6}


def test_no_label_hides_the_rest(row):
    """A post without a narrative shares only ``hate`` with others: leaving those out leaves the narratives."""
    rows = [
        *[row(i, f"post {_letters(i)} broj", labels=["hate"]) for i in range(1, 6)],
        *[row(i, f"druga {_letters(i)} tema", labels=["invasion_flood", "hate"]) for i in range(6, 11)],
    ]
    _, queue = build(rows, size=10, without=[UNLABELLED])
    assert {item.label for item in queue} == {"invasion_flood"}
    _, queue = build(rows, size=10, without=["invasion_flood"])
    assert {item.label for item in queue} == {UNLABELLED}


def test_an_opted_out_narrative_is_not_seen_even_as_a_mention(row):
    rows = [
        *posts(row, 4, "invasion_flood"),
        row(9, "neko se buni protiv toga", decision="clear", mentioned=["invasion_flood"]),
    ]
    assert build(rows, size=9, without=["invasion_flood"])[1] == []


def test_one_exemplar_stands_for_all_copies(row):
    text = "Danas se u našem gradu otvara nova stanica za autobuse i tramvaje"
    rows = [row(i, f"{text} @ime{i} https://primer.example/{i}!", labels=["invasion_flood"]) for i in range(1, 8)]
    rows.append(row(8, f"{text} uskoro", labels=["invasion_flood"]))
    rows.append(row(9, "Sasvim druga rečenica o nečemu drugom", labels=["invasion_flood"]))
    _, queue = build(rows, size=9)
    assert sorted(item.copies for item in queue) == [1, 8]


def test_what_was_judged_is_not_shown_again_nor_are_its_copies(row):
    rows = [row(1, "isti post ovde i sada"), row(2, "Isti post, ovde i sada!"), row(3, "drugi neki tekst dana")]
    _, queue = build(rows, size=9, done={(1, digest("isti post ovde i sada"))})
    assert [item.row for item in queue] == [3]


def test_posts_left_to_a_person_come_before_flagged_ones(row):
    rows = [*posts(row, 5, "invasion_flood"), *posts(row, 1, "invasion_flood", 50, decision="review")]
    rows[-1].text = "nešto sasvim drugo od ostalih"
    assert build(rows, size=3)[1][0].row == 51


ITEMS = st.lists(st.tuples(st.sampled_from([*LABELS, UNLABELLED, CALM]), st.integers(0, 4)), max_size=60)


@settings(max_examples=200, deadline=None)
@given(ITEMS, st.integers(1, 30))
def test_any_queue_is_short_and_light_at_the_end(drawn, size):
    pools: dict[str, list[Item]] = {}
    for i, (label, severity) in enumerate(drawn):
        pools.setdefault(label, []).append(Item(i, "", label, {"language_severity": 0 if label == CALM else severity}))
    queue = ordered(pools, size)
    assert len(queue) <= size
    assert len({item.row for item in queue}) == len(queue)
    edge = len(queue) - len(queue) // 4
    assert all(item.severity < HEAVY for item in queue[edge:])
    if CALM in pools and len(queue) > 1:
        assert queue[-1].severity < HEAVY
    if drawn and all(severity < HEAVY for _, severity in drawn):
        assert len(queue) == min(size, len(drawn)) or CALM in pools
