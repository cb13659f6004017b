"""Making files: guards, duplicates, approval, closing — through the services every door uses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from clients import services
from clients.models import Client, ClientStatusHistory
from crm.accounts.models import OrgUnit, User
from crm.base.errors import BusinessError
from crm.params.models import ParamValue
from tests import factories

pytestmark = pytest.mark.django_db
USCC = "91350100M000100Y43"
NEEDS = "BRANCH_NEEDS_AUTHORIZATION"
MERGE = "SECOND_LEVEL_MERGE"
UNIT = {"unit_relation": "SECOND_LEVEL_UNIT"}


def new(actor: User, unit: OrgUnit, **values: Any) -> Client:
    """Make a file of an enterprise."""
    defaults = {"name": "龙井茶叶合作社", "institution_type": "QY", "institution_subtype": "QY2"}
    return services.create_client(actor=actor, org_unit=unit, values=defaults | values)


def refused(act: Callable[[], Any]) -> BusinessError:
    """Return the refusal of an act."""
    with pytest.raises(BusinessError) as caught:
        act()
    return caught.value


@pytest.mark.spec("S1-63", "S0-54")
def test_a_manager_files_through_the_head(org: dict[str, OrgUnit], owner: User, head: User) -> None:
    """A draft gets its code for life, is submitted, approved, and enters the lifecycle."""
    client = new(owner, org["dept"])
    assert (client.filing, client.am, client.client_code[:4]) == ("DRAFT", owner, "3301")
    factories.make_contact(client, "KEY_PERSON")
    factories.make_contact(client)
    services.submit_client(actor=owner, client_id=client.pk)
    assert head.notifications.get().kind == "clients.file_submitted"
    filed = services.approve_client(actor=head, client_id=client.pk)
    assert (filed.filing, filed.client_code) == ("FILED", client.client_code)
    assert ClientStatusHistory.objects.get(client=client).new == "POTENTIAL"


def test_each_is_told_in_the_own_language(org: dict[str, OrgUnit], owner: User, head: User) -> None:
    """Whatever language the one who acts works in."""
    User.objects.filter(pk=head.pk).update(language="en")
    client = new(owner, org["dept"], name="城关区供水公司")
    factories.make_contact(client, "KEY_PERSON")
    factories.make_contact(client)
    services.submit_client(actor=owner, client_id=client.pk)
    assert head.notifications.get().text == "owner某 submitted the file of 城关区供水公司."
    with translation.override("en"):
        services.reject_client(actor=head, client_id=client.pk, reason="缺少地址")
    assert owner.notifications.get().text == "城关区供水公司的档案被退回：缺少地址"


@pytest.mark.spec("S1-63")
def test_a_returned_file_says_why_and_may_be_submitted_again(
    org: dict[str, OrgUnit], owner: User, head: User
) -> None:
    """The reason stands in the file; the second submission goes through."""
    client = new(owner, org["dept"])
    factories.make_contact(client, "KEY_PERSON")
    factories.make_contact(client)
    services.submit_client(actor=owner, client_id=client.pk)
    assert (
        refused(lambda: services.reject_client(actor=head, client_id=client.pk, reason=" ")).code
        == "REASON_REQUIRED"
    )
    returned = services.reject_client(actor=head, client_id=client.pk, reason="地址不对")
    assert (returned.filing, returned.filing_note) == ("REJECTED", "地址不对")
    assert services.submit_client(actor=owner, client_id=client.pk).filing == "SUBMITTED"


def test_nobody_approves_an_own_file(org: dict[str, OrgUnit], owner: User, head: User) -> None:
    """A head who manages the client may not decide about it."""
    client = factories.make_client(org["unit"], head, filing="SUBMITTED", submitted_by=head)
    error = refused(lambda: services.approve_client(actor=head, client_id=client.pk))
    assert (error.code, error.status) == ("SELF_APPROVAL", 403)


def test_without_the_parameter_a_manager_files_at_once(org: dict[str, OrgUnit], owner: User) -> None:
    """The approval is a parameter of the business."""
    ParamValue.objects.create(
        key="client.create_needs_approval", value=False, effective_from=factories.LONG_AGO
    )
    assert new(owner, org["dept"]).filing == "FILED"


@pytest.mark.spec("E096", "S1-81")
def test_a_file_without_contact_cannot_be_submitted(org: dict[str, OrgUnit], owner: User) -> None:
    """Key person and contact are both needed, and each is named."""
    client = new(owner, org["dept"])

    def submit() -> Client:
        return services.submit_client(actor=owner, client_id=client.pk)

    assert refused(submit).code == "KEY_PERSON_MISSING"
    factories.make_contact(client, "KEY_PERSON")
    assert refused(submit).code == "CONTACT_MISSING"
    factories.make_contact(client)
    assert submit().filing == "SUBMITTED"


def case(values: dict[str, Any], code: str | None, *numbers: str) -> Any:
    """Return one line of the guard table with the numbers it proves."""
    return pytest.param(values, code, marks=pytest.mark.spec(*numbers), id=numbers[0])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        case({"key_industry": "BANK", "bank_level": "SAVINGS"}, "BANK_LEVEL_TOO_LOW", "E081", "S0-40"),
        case({"key_industry": "BANK", "bank_level": "SUB_BRANCH"}, None, "E082"),
        case({"key_industry": "BANK", "bank_level": "OFFICE"}, "BANK_LEVEL_TOO_LOW", "E083", "S0-41"),
        case({"unit_relation": "OUTLET", "parent_authorized": True}, NEEDS, "E084", "S0-42"),
        case({"unit_relation": "OUTLET", "has_legal_status": True}, NEEDS, "S0-42"),
        case({"unit_relation": "OUTLET", "has_legal_status": True, "parent_authorized": True}, None, "S0-42"),
        case({"unit_relation": "BRANCH", "employee_total": 10}, NEEDS, "E085", "S0-43"),
        case({"unit_relation": "BRANCH", "employee_total": 10, "parent_authorized": True}, None, "E086"),
        case(UNIT | {"employee_total": 40}, MERGE, "E089", "S1-76"),
        case(UNIT | {"employee_total": 41}, None, "E089", "S1-75"),
        case(UNIT | {"employee_total": 3, "has_own_finance": True}, None, "E089"),
    ],
)  # fmt: skip
def test_guards_refuse_units_without_a_file_of_their_own(
    org: dict[str, OrgUnit], head: User, values: dict[str, Any], code: str | None
) -> None:
    """Each refusal names its field and the way out; the other side of each boundary is filed."""
    if "unit_relation" in values:
        values = values | {"parent": factories.make_client(org["unit"], institution_type="QY")}
    if code is None:
        assert new(head, org["unit"], **values).filing == "FILED"
        return
    error = refused(lambda: new(head, org["unit"], **values))
    assert (error.code, error.status) == (code, 409)
    assert error.fields
    assert error.details["way_out"]
    assert not Client.objects.filter(name="龙井茶叶合作社").exists()


@pytest.mark.spec("D-08")
def test_exempt_municipalities_file_low_banks(org: dict[str, OrgUnit], head: User) -> None:
    """The exemption is a list of region codes."""
    ParamValue.objects.create(
        key="bank.municipality_exempt", value=["3301"], effective_from=factories.LONG_AGO
    )
    assert new(head, org["unit"], bank_level="OFFICE").pk


@pytest.mark.spec("E087", "E088", "S1-74")
def test_a_small_unit_of_an_organ_is_named_in_its_parents_file(org: dict[str, OrgUnit], head: User) -> None:
    """Four people merge into the parent and its remark; five have a file of their own."""
    parent = factories.make_client(
        org["unit"], head, name="区政府", institution_type="JG", institution_subtype="JG3"
    )
    values = {
        "name": "区妇联", "institution_type": "JG", "institution_subtype": "JG7",
        "unit_relation": "SECOND_LEVEL_UNIT", "parent": parent,
    }  # fmt: skip
    error = refused(lambda: new(head, org["unit"], **values, employee_total=4))
    assert (error.code, error.details["parent"]) == ("SECOND_LEVEL_MERGE", parent.pk)
    services.merge_into_parent(actor=head, parent_id=parent.pk, name="区妇联", headcount=4)
    parent.refresh_from_db()
    assert parent.remark == "包括区妇联"
    services.merge_into_parent(actor=head, parent_id=parent.pk, name="农业综合开发办", headcount=3)
    parent.refresh_from_db()
    assert parent.remark == "包括区妇联、农业综合开发办"
    assert new(head, org["unit"], **values, employee_total=5).filing == "FILED"


@pytest.mark.spec("E089", "D-09")
def test_a_unit_filed_by_its_own_scale_needs_the_head_whatever_the_parameter_says(
    org: dict[str, OrgUnit], owner: User
) -> None:
    """41 people pass the guard, but the file stays a draft for the head."""
    ParamValue.objects.create(
        key="client.create_needs_approval", value=False, effective_from=factories.LONG_AGO
    )
    parent = factories.make_client(org["unit"])
    client = new(owner, org["dept"], unit_relation="SECOND_LEVEL_UNIT", parent=parent, employee_total=41)
    assert client.filing == "DRAFT"


@pytest.mark.spec("E090", "S1-73")
def test_a_second_file_of_a_credit_code_is_refused(
    org: dict[str, OrgUnit], head: User, stranger: User
) -> None:
    """The refusal names the file to who may see it, and only the unit to who may not."""
    first = new(head, org["unit"], uscc=USCC)
    error = refused(lambda: new(head, org["unit"], name="另一家", uscc=USCC))
    assert error.code == "DUPLICATE_CLIENT"
    assert first.client_code in str(error.message)
    hidden = refused(lambda: new(stranger, org["other_unit"], name="另一家", uscc=USCC))
    assert hidden.code == "DUPLICATE_CLIENT"
    assert first.client_code not in str(hidden.message)
    assert "client" not in hidden.details


@pytest.mark.spec("S1-73")
def test_the_same_name_in_one_city_needs_a_reason(org: dict[str, OrgUnit], head: User) -> None:
    """Brackets and legal form do not make another name; another city does."""
    new(head, org["unit"], name="杭州(西湖)茶业有限公司")
    error = refused(lambda: new(head, org["unit"], name="杭州（西湖）茶业公司"))
    assert (error.code, error.details["soft"]) == ("DUPLICATE_NAME", True)
    assert new(head, org["unit"], name="杭州（西湖）茶业公司", duplicate_reason="不同法人").pk
    admin = factories.make_user("padmin", "PROV_ADMIN", org["province"])
    assert new(admin, org["far_unit"], name="杭州西湖茶业有限公司").pk


@pytest.mark.spec("E091", "X-06")
@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (USCC, USCC),
        (USCC.lower(), USCC),
        ("９１３５０１００Ｍ０００１００Ｙ４３", USCC),
        ("91350100M000100Y4Z", None),
        ("91350100M000100Y44", None),
        ("9135010IM000100Y43", None),
        ("9135010OM000100Y43", None),
        ("9135010SM000100Y43", None),
        ("91350100M000100Y4", None),
    ],
)
def test_credit_codes_are_cleaned_and_checked(
    org: dict[str, OrgUnit], head: User, given: str, stored: str | None
) -> None:
    """Small letters and full-width digits are corrected; a wrong character or check digit is refused."""
    if stored:
        assert new(head, org["unit"], uscc=given).uscc == stored
    else:
        error = refused(lambda: new(head, org["unit"], uscc=given))
        assert (error.code, list(error.fields)) == ("USCC_INVALID", ["uscc"])


@pytest.mark.spec("E092", "S1-71", "S1-73")
def test_a_grid_of_another_unit_is_refused(org: dict[str, OrgUnit], owner: User) -> None:
    """The grid lies in the area of the client's unit."""
    foreign = factories.make_grid("G2", org["other_unit"])
    inside = factories.make_grid("G1", org["unit"])
    assert refused(lambda: new(owner, org["dept"], grid=foreign)).code == "GRID_OUT_OF_SCOPE"
    assert new(owner, org["dept"], grid=inside).grid == inside


@pytest.mark.spec("S1-73")
def test_a_file_in_another_area_is_refused(org: dict[str, OrgUnit], owner: User) -> None:
    """A manager files in the own area only."""
    assert refused(lambda: new(owner, org["other_unit"])).code == "UNIT_OUT_OF_SCOPE"


@pytest.mark.spec("E059", "E061", "E062")
def test_closing_needs_cancelled_products_and_is_the_end(org: dict[str, OrgUnit], head: User) -> None:
    """A live product stops the closing; a closed client takes no product and no change."""
    client = new(head, org["unit"])
    product = factories.make_client_product(client, status="OPEN", opened_on=factories.LONG_AGO)

    def close() -> Client:
        return services.close_client(actor=head, client_id=client.pk, reason="搬迁")

    assert refused(close).code == "LIVE_PRODUCTS"
    services.cancel_product(actor=head, product_id=product.pk)
    assert close().status == "CLOSED"
    order = refused(
        lambda: services.order_product(actor=head, client_id=client.pk, product=factories.make_product())
    )
    assert (order.code, order.status) == ("CLIENT_CLOSED", 409)
    change = refused(lambda: services.update_client(actor=head, client_id=client.pk, values={"remark": "x"}))
    assert change.code == "CLIENT_CLOSED"


@pytest.mark.spec("E063", "D-13", "S0-54")
def test_a_client_filed_again_has_a_new_code_and_knows_its_predecessor(
    org: dict[str, OrgUnit], head: User
) -> None:
    """The old code is never used again."""
    first = new(head, org["unit"], uscc=USCC)
    services.close_client(actor=head, client_id=first.pk, reason="注销")
    again = new(head, org["unit"], uscc=USCC)
    assert again.predecessor == first
    assert again.status == "POTENTIAL"
    assert again.client_code != first.client_code


@pytest.mark.spec("S0-54", "X-07")
def test_codes_follow_the_region_and_are_never_given_twice(org: dict[str, OrgUnit], db: None) -> None:
    """A code brought by a roster is stepped over."""
    factories.make_client(org["unit"], client_code="330100000500")
    units = [org["dept"], org["far_unit"], org["unit"]]
    codes = services.allocate_codes(units=units)
    assert codes == ["330100000501", "330200000001", "330100000502"]
    assert services.allocate_codes(units=[org["unit"]]) == ["330100000503"]


@pytest.mark.parametrize(
    ("institution_type", "legal", "organ"),
    [
        pytest.param("JG", True, True, marks=pytest.mark.spec("S0-04")),
        pytest.param("QY", True, False, marks=pytest.mark.spec("S0-05")),
        pytest.param("SY", True, False, marks=pytest.mark.spec("S0-06")),
        pytest.param("ST", True, False, marks=pytest.mark.spec("S0-07")),
        pytest.param("QT", True, False, marks=pytest.mark.spec("S0-08")),
        pytest.param("GT", False, False, marks=pytest.mark.spec("S0-09")),
        pytest.param("JL", False, False, marks=pytest.mark.spec("S0-09")),
    ],
)
def test_legal_persons_and_organs_follow_from_the_institution_type(
    org: dict[str, OrgUnit], head: User, institution_type: str, legal: bool, organ: bool
) -> None:
    """What the type says is worked out, not typed."""
    client = new(head, org["unit"], institution_type=institution_type, institution_subtype="")
    assert (client.is_legal_person, client.is_party_gov_military) == (legal, organ)


def test_wrong_fields_are_named(org: dict[str, OrgUnit], head: User) -> None:
    """A sub-type of another type, a short postcode, a long name: each at its field."""
    error = refused(
        lambda: new(head, org["unit"], institution_subtype="JG1", postcode="1234", name="很" * 201)
    )
    assert {"institution_subtype", "postcode", "name"} <= set(error.fields)


def test_markup_and_full_width_names_are_kept_as_text(org: dict[str, OrgUnit], head: User) -> None:
    """Full-width letters become plain ones; markup stays text and is escaped when shown."""
    client = new(head, org["unit"], name="Ｌ２　<b>茶</b>", postcode="３１００００")
    assert (client.name, client.postcode) == ("L2 <b>茶</b>", "310000")


def test_a_ring_of_parents_is_refused(org: dict[str, OrgUnit], head: User) -> None:
    """A client cannot hang below itself, however far down."""
    top = factories.make_client(org["unit"], head, has_own_finance=True)
    middle = factories.make_client(org["unit"], head, parent=top, unit_relation="SECOND_LEVEL_UNIT")
    low = factories.make_client(org["unit"], head, parent=middle, unit_relation="SECOND_LEVEL_UNIT")
    error = refused(
        lambda: services.update_client(
            actor=head,
            client_id=top.pk,
            values={"parent": low, "unit_relation": "SECOND_LEVEL_UNIT"},
        )
    )
    assert error.code == "PARENT_CYCLE"


def test_a_change_on_an_older_version_shows_both_sides(
    org: dict[str, OrgUnit], owner: User, head: User, acme: Client
) -> None:
    """The later writer learns what changed, by whom, and may save knowingly."""
    services.update_client(actor=head, client_id=acme.pk, values={"address": "新址 1 号"}, version=1)
    error = refused(
        lambda: services.update_client(
            actor=owner, client_id=acme.pk, values={"address": "新址 2 号"}, version=1
        )
    )
    assert (error.code, error.status) == ("STALE", 409)
    assert error.details["by"] == str(head)
    assert error.details["changes"][0] | {"label": ""} == {
        "field": "address", "label": "", "now": "新址 1 号", "yours": "新址 2 号",
    }  # fmt: skip
    saved = services.update_client(
        actor=owner, client_id=acme.pk, values={"address": "新址 2 号"}, version=error.details["version"]
    )
    assert saved.address == "新址 2 号"


def test_only_the_head_makes_a_client_strategic(acme: Client, owner: User, head: User) -> None:
    """What lifts a client into a better class by decision is not the manager's to decide."""
    values = {"is_strategic": True}
    error = refused(lambda: services.update_client(actor=owner, client_id=acme.pk, values=values))
    assert error.status == 403
    assert services.update_client(actor=head, client_id=acme.pk, values=values).is_strategic


def test_exactly_one_primary_manager_and_a_dated_history(
    acme: Client, owner: User, colleague: User, head: User
) -> None:
    """The one before keeps the days until yesterday; the client follows."""
    services.assign_manager(actor=head, client_id=acme.pk, manager=colleague, reason="调岗")
    acme.refresh_from_db()
    assert acme.am == colleague
    rows = acme.assignments.filter(kind="PRIMARY")
    assert [row.user for row in rows.filter(to_on=None)] == [colleague]
    assert rows.exclude(to_on=None).get().user == owner
