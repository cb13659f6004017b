"""What pages of scoring share."""

from typing import Any

from crm.base.errors import Invalid, Sentence


def clean(form: Any) -> dict[str, Any]:
    """Return a form's values.

    Raises: Invalid with the sentences at their fields.
    """
    if form.is_valid():
        return dict(form.cleaned_data)
    fields: dict[str, list[Sentence]] = {
        name: [str(s) for s in sentences] for name, sentences in form.errors.items()
    }
    first = next(iter(fields.values()))[0]
    raise Invalid("INVALID", first, fields=fields)
