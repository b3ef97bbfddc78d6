"""The model card of a linear model, written from what its training run measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from narratives.corpora import AUTHORED, CORPORA
from narratives.languages import LANGUAGES
from narratives.training.export import write_sums
from narratives.training.measure import Figure, markdown, mean_difference

_INTRO = """---
license: cc-by-nc-sa-4.0
language: [{languages}]
pipeline_tag: text-classification
library_name: narratives
tags: [hate-speech, migration, multilingual, offline]
---

# {name} (linear)

Logistic regressions on hashed character 2–5-grams and words of folded text: weights shared over all languages,
corrected for each language group (English, Albanian, Bosnian/Croatian/Montenegrin/Serbian with Macedonian, Romanian,
Turkish) and for each corpus, and blended by how much a post resembles the corpora of its group. Words that name a group
of people (word lists, `names` and `groups`) are taken out first: which group is named changes nothing. Two heads:

- `offensive`: abuse of any kind;
- `hate`: an attack on people for who they are. Only this head flags a post.

**For**: a first reading of many posts, by people who then read what is flagged. **Not for**: deciding about a person,
moderation without a human, legal judgements, Macedonian without care.

## How to read the figures
Development posts (10 %, chosen by digest of the text) that neither fitting nor calibration saw, real posts in the
language they were written in. `own model` is TF-IDF and logistic regression with the same n-grams trained on that
corpus alone; `difference` is ours minus it, with a paired bootstrap interval. Mean difference over the table:
**{mean:+.3f}**.

{table}

Authored posts (`datasets/posts`, written for this project, drafts that no native speaker has reviewed yet) are easier
than real ones, since the same hand wrote both sides of the split. They are never averaged with the above.

{authored}

"""

_AFTER = """## Calibration
Temperature and offset by head and language group, fitted on another 6 %. `review` holds the tenth of calibration posts
nearest to the threshold. Expected calibration error (ten bins) and Brier score on development posts:

{reliability}

## Known failures
- **No real labelled Macedonian, Bosnian or Montenegrin posts exist.** Bosnian and Montenegrin are read with what
  Croatian and Serbian posts taught; Macedonian too, transliterated. Only authored posts speak for them.
- Romanian and Albanian corpora say almost nothing about migrants; Albanian says nothing about hate: its `hate` head
  rests on authored posts and on weights learnt in other languages, and takes the pooled threshold.
- Corpora mean different things by the same word. Told which corpus a post comes from, the experts match the own models;
  left to guess, they lose most in English (edos-en, measuring-hate-speech-en). `models/ATTEMPTS.md` has the ladder.
- Counter-speech that quotes hate, negation and irony: n-grams do not see who says what to whom.
- English `offensive`: hardly any English corpus marks plain abuse; the head leans on our reading that most non-hateful
  English rows are not abusive either.
- Words for groups raise the scores of harmless posts about them: with flags only above the review band, 5 to 10 % of
  harmless authored development posts are flagged.

## Sources
{sources}

No text of these corpora is shipped. Functional suites (HateCheck, XHate-999) were not trained on.

## Making it
`python models/train.py --data FOLDER --work CHECKPOINTS`, {seconds} s on two cores without a GPU, no randomness in
fitting. Weights: CC BY-NC-SA 4.0; code: Apache-2.0.
"""


def write_card(folder: Path, report: Path) -> None:
    """Write ``README.md`` of a model folder and renew its ``SHA256SUMS``.

    Args:
        folder: Model folder.
        report: ``figures.json`` of the run that made it.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    run = json.loads(report.read_text(encoding="utf-8"))
    figures = [Figure(**{**row, "interval": tuple(row["interval"]), "difference": tuple(row["difference"])})
               for row in run["figures"]]  # fmt: skip
    real = [f for f in figures if not f.corpus.startswith(AUTHORED)]
    text = _INTRO.format(
        languages=", ".join(LANGUAGES),
        name=config["name"],
        mean=mean_difference(real),
        table=markdown(real),
        authored=markdown(f for f in figures if f not in real),
    )
    text += _AFTER.format(
        reliability=_reliability(run["reliability"]), sources=_sources(), seconds=f"{config['seconds']:,}"
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    write_sums(folder)


def _reliability(rows: list[dict[str, Any]]) -> str:
    lines = ["| head | group | corpus | ECE | Brier |", "|---|---|---|---|---|"]
    lines += [f"| {r['head']} | {r['group']} | {r['corpus']} | {r['ece']:.3f} | {r['brier']:.3f} |" for r in rows]
    return "\n".join(lines)


def _sources() -> str:
    lines = ["| corpus | language | licence | source | what its labels mean here |", "|---|---|---|---|---|"]
    lines += [f"| {c.name} | {c.lang} | {c.licence} | {c.source} | {c.mapping} |" for c in CORPORA.values()]
    return "\n".join(lines)
