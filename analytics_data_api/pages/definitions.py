"""The definitions beside figures, from the help texts that make the API's description and the data dictionary."""

from functools import cache
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext


@cache
def help_texts(declared: Any) -> dict[str, str]:
    """Return the help texts of the fields of a serializer or a model by their names."""
    if hasattr(declared, "_meta"):
        return {field.name: str(field.help_text) for field in declared._meta.fields}
    return {name: str(field.help_text or "") for name, field in declared().fields.items()}


def definition(declared: Any, name: str) -> Any:
    """Return the definition of a field of a serializer or a model, in the language in which it is shown."""
    return translated(help_texts(declared)[name])


translated = lazy(lambda text: gettext(text) if text else "", str)
