"""The product catalogue with its counting rules, and typical needs of industries: for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients import services
from clients.forms.goods import CatalogueForm, NeedForm, Taking
from clients.models import NeedTemplate, Product
from crm.accounts.access import PersonRequest
from crm.audit.history import changes_of
from crm.base.access import needs
from crm.base.errors import BusinessError


@require_GET
@needs("clients.catalogue", "clients.view")
def catalogue(request: PersonRequest) -> HttpResponse:
    """List the products with the rules that count them, and the typical needs."""
    context = {
        "products": Product.objects.order_by("family", "code"),
        "needs": NeedTemplate.objects.all(),
        "may_change": request.user.can("clients.catalogue"),
    }
    return render(request, "clients/market/catalogue.html", context)


def _page(request: PersonRequest, form: Taking, title: str, **more: object) -> HttpResponse:
    context = {"form": form, "title": title, "back": reverse("clients:catalogue"), **more}
    return render(request, "clients/market/catalogue_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("clients.catalogue")
def product_new(request: PersonRequest) -> HttpResponse:
    """Add a product to the catalogue."""
    form = CatalogueForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_product(actor=request.user, values=form.cleaned_data)
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("The product is in the catalogue."))
            return redirect("clients:catalogue")
    return _page(request, form, _("Add a product"))


@require_http_methods(["GET", "POST"])
@needs("clients.catalogue")
def product_rules(request: PersonRequest, pk: int) -> HttpResponse:
    """Change the rules of a product; months already closed keep what they counted."""
    product = get_object_or_404(Product, pk=pk)
    form = CatalogueForm(request.POST or None, product=product)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            services.save_product(actor=request.user, values=values, product_id=pk, version=version)
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("Saved. Open months are counted anew tonight."))
            return redirect("clients:catalogue")
    return _page(request, form, str(product), changes=changes_of(product, limit=20), code=product.code)


@require_http_methods(["GET", "POST"])
@needs("clients.catalogue")
def need_new(request: PersonRequest) -> HttpResponse:
    """Add a typical need."""
    return _need(request, None)


@require_http_methods(["GET", "POST"])
@needs("clients.catalogue")
def need_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a typical need."""
    return _need(request, get_object_or_404(NeedTemplate, pk=pk))


def _need(request: PersonRequest, need: NeedTemplate | None) -> HttpResponse:
    form = NeedForm(request.POST or None, need=need)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_need(
                actor=request.user, values=form.cleaned_data, need_id=need.pk if need else None
            )
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("clients:catalogue")
    return _page(request, form, str(need) if need else _("Add a typical need"))
