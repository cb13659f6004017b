"""What all forms share."""

from django import forms

from crm.base.errors import BusinessError


def place_refusal(form: forms.BaseForm, error: BusinessError) -> None:
    """Show the refusal of a service on the form: at the fields it is about, else above them."""
    if not error.fields:
        form.add_error(None, str(error.message))
    for name, sentences in error.fields.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))
