"""Our models as Hugging Face citizens: ``pipeline("text-classification", model=folder)`` after importing this module.

The network that transformers sees does no arithmetic of its own: it hands the text to the numpy scorer, and gives back
the log-odds of the calibrated probabilities. So a score is the same here and there.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from narratives import resources
from narratives.backends.base import model_folder
from narratives.backends.hub import PREFIX, fetch
from narratives.errors import MissingExtraError, OutputError
from narratives.scorer import LONGEST, Scorer, load

try:
    import torch
    from transformers import (
        AutoConfig,
        AutoModel,
        AutoModelForSequenceClassification,
        AutoTokenizer,
        PreTrainedConfig,
        PreTrainedModel,
        PreTrainedTokenizer,
    )
    from transformers.modeling_outputs import SequenceClassifierOutput
except ImportError:
    raise MissingExtraError(
        'Hugging Face classes need the extra transformers: pip install "narratives[transformers]"'
    ) from None

MODEL_TYPE = "narratives"
_PAD = "<narratives-pad>"
_EDGE = 1e-6

# the same plain sentence in every language, said of nobody
_EXAMPLES = {
    "en": "The library in our street opens again on Monday morning and everybody is welcome.",
    "sq": "Biblioteka në rrugën tonë hapet përsëri të hënën në mëngjes dhe të gjithë janë të mirëpritur.",
    "bs": "Biblioteka u našoj ulici ponovo se otvara u ponedjeljak ujutro i svi su dobrodošli.",
    "hr": "Knjižnica u našoj ulici ponovno se otvara u ponedjeljak ujutro i svi su dobrodošli.",
    "cnr": "Biblioteka u našoj ulici ponovo se otvara u ponedjeljak ujutru i svi su dobrodošli.",
    "sr": "Библиотека у нашој улици поново се отвара у понедељак ујутру и сви су добродошли.",
    "mk": "Библиотеката во нашата улица повторно се отвора во понеделник наутро и сите се добредојдени.",
    "ro": "Biblioteca de pe strada noastră se deschide din nou luni dimineața și toată lumea este binevenită.",
    "tr": "Sokağımızdaki kütüphane pazartesi sabahı yeniden açılıyor ve herkes davetlidir.",
}


class NarrativesConfig(PreTrainedConfig):  # type: ignore[misc]
    """The ``config.json`` of one of our model folders, as transformers wants to see it."""

    model_type = MODEL_TYPE

    def __init__(self, heads: list[str] | None = None, **kwargs: Any) -> None:
        names = list(heads or ["offensive", "hate"])
        kwargs |= {"id2label": dict(enumerate(names)), "label2id": {name: i for i, name in enumerate(names)}}
        kwargs["problem_type"] = "multi_label_classification"
        super().__init__(**kwargs)
        self.heads = names


class NarrativesTokenizer(PreTrainedTokenizer):  # type: ignore[misc]
    """Carries a text to :class:`NarrativesModel` as its UTF-8 bytes; reading them is the scorer's work."""

    vocab_files_names: dict[str, str] = {}  # noqa: RUF012 (the library's own form)
    model_input_names = ["input_ids", "attention_mask"]  # noqa: RUF012

    def __init__(self, **kwargs: Any) -> None:
        kwargs["pad_token"] = _PAD
        kwargs.setdefault("model_max_length", 4 * LONGEST)
        super().__init__(**kwargs)

    @classmethod
    def from_pretrained(cls, *_: Any, **__: Any) -> NarrativesTokenizer:
        """The same for every model: nothing is read."""
        return cls()

    @property
    def vocab_size(self) -> int:
        """Bytes, and the padding before them."""
        return 257

    def get_vocab(self) -> dict[str, int]:
        """Bytes by number."""
        return {_PAD: 0, **{f"<{byte}>": byte + 1 for byte in range(256)}}

    def tokenize(self, text: str, **_: Any) -> list[str]:
        """One token a byte; no word is special."""
        return self._tokenize(text)

    def _tokenize(self, text: str, **_: Any) -> list[str]:
        return [f"<{byte}>" for byte in text.encode("utf-8", "surrogatepass")]

    def _convert_token_to_id(self, token: str) -> int:
        return 0 if token == _PAD else int(token[1:-1]) + 1

    def _convert_id_to_token(self, index: int) -> str:
        return _PAD if index == 0 else f"<{index - 1}>"

    def convert_tokens_to_string(self, tokens: list[str]) -> str:
        """The text of tokens."""
        return text_of([0 if t == _PAD else int(t[1:-1]) + 1 for t in tokens])

    def save_vocabulary(self, *_: Any, **__: Any) -> tuple[str, ...]:
        """There is nothing to write."""
        return ()


def text_of(ids: list[int]) -> str:
    """The text that :class:`NarrativesTokenizer` made ids of; padding is dropped, and half a character at the end.

    >>> text_of([0, 101, 197, 142, 0])
    'dč'
    """
    data = bytes(i - 1 for i in ids if i > 0)
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "ignore")


class NarrativesModel(PreTrainedModel):  # type: ignore[misc]
    """A scorer behind the face of a transformers model.

    Args:
        config: Of the model folder.
        scorer: The scorer.
        folder: The model folder, which :meth:`save_pretrained` copies.
    """

    config_class = NarrativesConfig
    main_input_name = "input_ids"

    def __init__(self, config: NarrativesConfig, scorer: Scorer, folder: Path) -> None:
        super().__init__(config)
        self.scorer, self.folder = scorer, folder
        self.place = torch.nn.Parameter(torch.zeros(0), requires_grad=False)  # tells the pipeline where it runs

    @classmethod
    def from_pretrained(cls, name: str | Path | None = None, *_: Any, **kwargs: Any) -> NarrativesModel:
        """Open a shipped model by name, a folder, or a repository of the hub (``organisation/model``).

        Raises:
            NarrativesError: As :func:`narratives.load` does.
        """
        at = str(name)
        if name is not None and at.count("/") == 1 and not Path(at).exists():
            revision = kwargs.get("revision")
            folder = fetch(f"{PREFIX}{at}" + (f"@{revision}" if revision else ""))[0]
        else:
            folder = model_folder(name)
        scorer = load(folder)
        return cls(NarrativesConfig(heads=list(scorer.heads)), scorer, folder)

    def forward(self, input_ids: Any, **_: Any) -> SequenceClassifierOutput:
        """Log-odds of the calibrated probabilities, shape (texts, heads)."""
        texts = [text_of(row) for row in input_ids.tolist()]
        p = np.clip(self.scorer.predict_proba(texts), _EDGE, 1 - _EDGE)
        return SequenceClassifierOutput(logits=torch.from_numpy(np.log(p) - np.log1p(-p)).to(input_ids.device))

    def save_pretrained(self, save_directory: str | Path, *_: Any, push_to_hub: bool = False, **kwargs: Any) -> None:
        """Write the model folder with what the hub and transformers look for beside it.

        Args:
            save_directory: Folder to write; made if missing.
            push_to_hub: Whether to upload it too.
            **kwargs: ``repo_id`` (else the folder's name) and what :meth:`push_to_hub` takes.
        """
        out = Path(save_directory)
        if out.resolve() == self.folder.resolve():
            raise OutputError(f"{out} is where the model was read from; save it to another folder")
        out.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.folder.iterdir()):
            if path.is_file() and path.name != "SHA256SUMS":
                shutil.copyfile(path, out / path.name)
        config = json.loads((out / "config.json").read_text(encoding="utf-8"))
        config |= {"model_type": MODEL_TYPE, "architectures": [type(self).__name__]}
        _write(out / "config.json", json.dumps(config, ensure_ascii=False, indent=2, sort_keys=True))
        _write(out / "tokenizer_config.json", json.dumps({"tokenizer_class": NarrativesTokenizer.__name__}))
        card = out / "README.md"
        text = card.read_text(encoding="utf-8") if card.is_file() else f"# {self.scorer.info.name}\n"
        _write(card, with_widget(text).rstrip())
        names = sorted(path.name for path in out.iterdir() if path.is_file() and path.name != "SHA256SUMS")
        _write(out / "SHA256SUMS", "\n".join(f"{resources.sha256(out / name)}  {name}" for name in names))
        if push_to_hub:
            self._upload(out, kwargs.get("repo_id") or out.name, kwargs)

    def push_to_hub(self, repo_id: str, **kwargs: Any) -> str:
        """Upload the model to the hub, card and checksums included.

        Args:
            repo_id: ``organisation/model``; made if missing.
            **kwargs: ``private``, ``token``, ``revision``, ``commit_message``, ``create_pr``.

        Returns:
            Address of the commit.
        """
        with tempfile.TemporaryDirectory() as folder:
            self.save_pretrained(folder)
            return self._upload(Path(folder), repo_id, kwargs)

    @staticmethod
    def _upload(folder: Path, repo_id: str, options: dict[str, Any]) -> str:
        from huggingface_hub import HfApi

        api = HfApi(token=options.get("token"))
        api.create_repo(repo_id, private=options.get("private"), exist_ok=True)
        done = api.upload_folder(
            repo_id=repo_id,
            folder_path=folder,
            revision=options.get("revision"),
            create_pr=options.get("create_pr"),
            commit_message=options.get("commit_message") or "Upload model",
        )
        return str(done)


def with_widget(card: str) -> str:
    """Add to a card's front matter what the hub shows beside it: one harmless example a language.

    Args:
        card: Markdown, with or without front matter.

    >>> with_widget("# A model").splitlines()[:4]
    ['---', 'library_name: narratives', 'pipeline_tag: text-classification', 'widget:']
    """
    head, body = [], card
    if card.startswith("---\n"):
        front, _, body = card[4:].partition("\n---\n")
        head = front.splitlines()
    if any(line.startswith("widget:") for line in head):
        return card
    for key, value in (("library_name", "narratives"), ("pipeline_tag", "text-classification")):
        if not any(line.startswith(f"{key}:") for line in head):
            head.append(f"{key}: {value}")
    # JSON strings are YAML strings
    shown = [
        f"- text: {json.dumps(text, ensure_ascii=False)}\n  example_title: {lang}" for lang, text in _EXAMPLES.items()
    ]
    return "\n".join(["---", *head, "widget:", *shown, "---", ""]) + body


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")


AutoConfig.register(MODEL_TYPE, NarrativesConfig, exist_ok=True)
AutoTokenizer.register(NarrativesConfig, slow_tokenizer_class=NarrativesTokenizer, exist_ok=True)
AutoModel.register(NarrativesConfig, NarrativesModel, exist_ok=True)
AutoModelForSequenceClassification.register(NarrativesConfig, NarrativesModel, exist_ok=True)
