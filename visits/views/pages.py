"""What the small pages of one kind of record share: a list by what is to be done, and acts with a form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.accounts.access import PersonRequest
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number

PAGE = 50


def listed(request: PersonRequest, views: dict[str, tuple[Any, Any]], default: str) -> dict[str, Any]:
    """Return the context of a list by what is to be done: `views` is code → words and rows."""
    chosen = request.GET.get("view", "")
    chosen = chosen if chosen in views else default
    rows = views[chosen][1].with_rows()
    before = request.GET.get("before", "")
    if (at := read_number(before)) is not None:
        rows = rows.filter(pk__lt=at)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    return {
        "views": [
            (code, words, None if code == "all" else found.order_by()[:100].count())
            for code, (words, found) in views.items()
        ],
        "view": chosen,
        "rows": page[:PAGE],
        "next_url": f"?view={chosen}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "previous_url": f"?view={chosen}" if before else "",
    }


def acted(
    request: PersonRequest,
    form: forms.Form,
    act: Callable[..., Any],
    *,
    to: str,
    again: Callable[[], tuple[str, dict[str, Any]]],
    said: str = "",
) -> HttpResponse:
    """Do an act with what a form holds and go on to `to`, or show the page again with what is wrong.

    `again` returns the template and the context of the page.
    """
    status = 400
    if form.is_valid():
        try:
            act(**form.cleaned_data)
        except BusinessError as refusal:
            if not refusal.fields:
                raise
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, said or _("Saved."))
            return redirect(to)
    template, context = again()
    return render(request, template, context, status=status)
