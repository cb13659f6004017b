"""REST: script cards and solutions."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.rest import caller
from crm.base.api import IF_MATCH, KeysetPagination, Newest, check_if_match, checked_body, etag
from crm.base.fields import ListField
from knowledge import choices, services
from knowledge.forms import related
from knowledge.models import ScriptCard, Solution


class ScriptOut(serializers.ModelSerializer[ScriptCard]):
    """A script card as it is read."""

    class Meta:
        model = ScriptCard
        fields = [
            "id", "code", "stage", "situation", "situation_en", "text", "text_en", "position", "active",
            "version",
        ]  # fmt: skip
        read_only_fields = fields


class ScriptIn(serializers.ModelSerializer[ScriptCard]):
    """What may be changed on a card."""

    class Meta:
        model = ScriptCard
        fields = ["stage", "situation", "situation_en", "text", "text_en", "position", "active"]


class NewScript(ScriptIn):
    """A card that is not there yet."""

    class Meta(ScriptIn.Meta):
        fields = ["code", *ScriptIn.Meta.fields]


class SolutionOut(serializers.ModelSerializer[Solution]):
    """A solution as it is read."""

    industries = serializers.SlugRelatedField[Any](many=True, read_only=True, slug_field="code")
    products = serializers.SlugRelatedField[Any](many=True, read_only=True, slug_field="code")

    class Meta:
        model = Solution
        fields = [
            "id", "title", "category", "summary", "body", "industries", "products", "tiers", "state",
            "published_at", "version", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class SolutionIn(serializers.Serializer[Any]):
    """What a solution holds; industries and products by their code."""

    title = serializers.CharField(max_length=100)
    category = serializers.ChoiceField(choices.SolutionCategory.choices)
    summary = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=20_000)
    industries = serializers.SlugRelatedField[Any](
        many=True, required=False, slug_field="code", queryset=related("industries")
    )
    products = serializers.SlugRelatedField[Any](
        many=True, required=False, slug_field="code", queryset=related("products")
    )
    tiers = ListField(child=serializers.ChoiceField([(code, code) for code in choices.TIERS]), required=False)


class ScriptFilter(django_filters.FilterSet):
    """Narrow cards."""

    class Meta:
        model = ScriptCard
        fields = ["stage", "active"]


class SolutionFilter(django_filters.FilterSet):
    """Narrow solutions."""

    q = django_filters.CharFilter(method="with_words", label="Words of title, body, products or pinyin.")
    industry = django_filters.CharFilter("industries")
    product = django_filters.CharFilter("products__code")

    class Meta:
        model = Solution
        fields = ["category", "state"]

    def with_words(self, queryset: Any, name: str, value: str) -> Any:
        """Keep what the words mean."""
        return queryset.search(value)


class ScriptViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ScriptCard]):
    """Script cards."""

    queryset = ScriptCard.objects.none()
    serializer_class = ScriptOut
    filterset_class = ScriptFilter
    pagination_class = KeysetPagination
    verbs = {"list": "knowledge.view", "retrieve": "knowledge.view", "*": "knowledge.edit"}

    def get_queryset(self) -> QuerySet[ScriptCard]:
        """Return the cards the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return ScriptCard.objects.none()
        found: QuerySet[ScriptCard] = ScriptCard.objects.visible_to(caller(self.request))
        return found

    @extend_schema(request=NewScript, responses={201: ScriptOut})
    def create(self, request: Request) -> Response:
        """Add a card."""
        card = services.save_card(actor=caller(request), values=checked_body(NewScript, request))
        return Response(ScriptOut(card).data, status=201, headers={"ETag": etag(card.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one card with its ETag."""
        card = self.get_object()
        return Response(ScriptOut(card).data, headers={"ETag": etag(card.version)})

    @extend_schema(request=ScriptIn, responses=ScriptOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the words of a card; send the ETag you read as If-Match."""
        card = self.get_object()
        check_if_match(request, card)
        values = checked_body(ScriptIn, request, partial=True)
        card = services.save_card(actor=caller(request), values=values, card_id=card.pk, version=card.version)
        return Response(ScriptOut(card).data, headers={"ETag": etag(card.version)})


class SolutionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Solution]):
    """Solutions of the library."""

    queryset = Solution.objects.none()
    serializer_class = SolutionOut
    filterset_class = SolutionFilter
    pagination_class = Newest
    verbs = {"list": "knowledge.view", "retrieve": "knowledge.view", "*": "knowledge.edit"}

    def get_queryset(self) -> QuerySet[Solution]:
        """Return the solutions the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Solution.objects.none()
        found: QuerySet[Solution] = Solution.objects.visible_to(caller(self.request))
        return found.prefetch_related("industries", "products")

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(SolutionOut(found).data, status=status, headers={"ETag": etag(found.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one solution with its ETag."""
        return self._answer(self.get_object().pk)

    @extend_schema(request=SolutionIn, responses={201: SolutionOut})
    def create(self, request: Request) -> Response:
        """Upload a solution as a draft."""
        made = services.save_solution(actor=caller(request), values=checked_body(SolutionIn, request))
        return self._answer(made.pk, 201)

    @extend_schema(request=SolutionIn, responses=SolutionOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a solution; send the ETag you read as If-Match."""
        found = self.get_object()
        check_if_match(request, found)
        values = checked_body(SolutionIn, request, partial=True)
        services.save_solution(
            actor=caller(request), values=values, solution_id=found.pk, version=found.version
        )
        return self._answer(found.pk)

    @extend_schema(request=None, responses=SolutionOut)
    def publish(self, request: Request, pk: int) -> Response:
        """Publish the solution."""
        services.move_solution(actor=caller(request), solution_id=self.get_object().pk, act="publish")
        return self._answer(pk)

    @extend_schema(request=None, responses=SolutionOut)
    def archive(self, request: Request, pk: int) -> Response:
        """Put the solution into the archive."""
        services.move_solution(actor=caller(request), solution_id=self.get_object().pk, act="archive")
        return self._answer(pk)
