"""The plans of the nine languages: the scripts ``evaluation/<lang>.py``, in the checkout or in the wheel's bundle."""

from __future__ import annotations

import importlib.util
from functools import lru_cache

from narratives import resources
from narratives.benchmark.plan import Plan
from narratives.errors import InputError
from narratives.languages import LANGUAGES, resolve


@lru_cache(maxsize=len(LANGUAGES))
def plan_of(lang: str) -> Plan:
    """The plan of a language.

    Raises:
        UnknownNameError: No such language.
        MissingFileError: Its script is not there.
        InputError: The script declares no ``PLAN``.

    >>> plan_of("hr").lang
    'hr'
    """
    code = resolve(lang).language.code
    path = resources.find(f"evaluation/{code}.py")
    spec = importlib.util.spec_from_file_location(f"narratives_evaluation_{code}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path} cannot be loaded; expected a script that declares PLAN")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    plan = getattr(module, "PLAN", None)
    if not isinstance(plan, Plan) or plan.lang != code:
        raise InputError(f"{path} declares no PLAN of language {code}")
    return plan
