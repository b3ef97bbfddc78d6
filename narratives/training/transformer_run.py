"""From a labelled file and a base to a model folder, in one call."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from narratives.backends.hub import PREFIX, fetch
from narratives.errors import MissingFileError, OutputError
from narratives.training.needs import need_transformer
from narratives.training.transformer import Settings, fine_tune
from narratives.training.transformer_card import Measured
from narratives.training.transformer_data import read_labelled
from narratives.training.transformer_export import implied_heads, write_transformer
from narratives.training.transformer_onnx import export_onnx


def train_transformer(
    base: str | Path,
    data: Path,
    out: Path,
    *,
    text: str = "text",
    labels: Sequence[str],
    settings: Settings | None = None,
    lang: str | None = None,
    lang_column: str | None = None,
    work: Path | None = None,
    onnx: bool = False,
    say: Callable[[str], None] = print,
) -> list[Measured]:
    """Fine-tune, calibrate, measure and write a model folder that ``narratives.load`` opens.

    Args:
        base: Folder of a checkpoint, or ``organisation/model`` of the hub.
        data: Labelled posts; see :func:`narratives.training.transformer_data.read_labelled` for the labels.
        out: Folder to write; must not exist.
        text: Column of the posts.
        labels: As for ``read_labelled``.
        settings: See :class:`Settings`.
        lang: Language of all posts.
        lang_column: Column of language codes.
        work: Folder of the checkpoints, removed at the end; ``OUT.work`` when ``None``.
        onnx: Whether to write ``model.onnx`` too.
        say: Told about progress.

    Returns:
        Figures on the posts kept for measuring.

    Raises:
        NarrativesError: Whatever of the above cannot be used; nothing stands under ``out`` then.
    """
    need_transformer()
    settings = settings or Settings()
    if out.exists():
        raise OutputError(f"{out} exists; give another folder, or remove it first")
    posts = read_labelled(data, text, labels, lang=lang, lang_column=lang_column)
    implied_heads(posts.heads)  # before hours are spent
    say(f"{len(posts.texts):,} posts, {len(posts.rows('train')):,} to learn from; heads: {', '.join(posts.heads)}")
    folder, name = _base(base)
    work = out.with_name(out.name + ".work") if work is None else work
    trained = fine_tune(folder, posts, work, settings, say)
    figures = write_transformer(out, trained, posts, settings, base=name, name=out.name, source=data.name)
    if onnx:
        say(f"model.onnx differs from torch by at most {export_onnx(out):.1e}")
    shutil.rmtree(work)
    return figures


def _base(base: str | Path) -> tuple[Path, str]:
    if Path(base).is_dir():
        return Path(base), Path(base).resolve().name
    name = str(base).removeprefix(PREFIX)
    if isinstance(base, Path) or name.count("/") != 1:
        raise MissingFileError(
            f"base {base} does not exist; expected the folder of a checkpoint, or organisation/model"
        )
    folder, commit = fetch(PREFIX + name)
    return folder, f"{name.partition('@')[0]}@{commit}"
