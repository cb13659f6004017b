import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import crm.base.migrating
import visits.models.events
import visits.models.field


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("clients", "0001_initial"),
        ("knowledge", "0001_initial"),
        ("members", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="Gift",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=20, unique=True, verbose_name="gift code")),
                        ("name", models.CharField(max_length=60, verbose_name="gift")),
                        ("name_en", models.CharField(blank=True, max_length=60, verbose_name="English name")),
                        ("unit_value_fen", models.PositiveIntegerField(verbose_name="value of one")),
                        ("active", models.BooleanField(default=True, verbose_name="active")),
                    ],
                    options={
                        "verbose_name": "gift",
                        "ordering": ["code"],
                    },
                ),
                migrations.CreateModel(
                    name="Holiday",
                    fields=[
                        ("day", models.DateField(primary_key=True, serialize=False, verbose_name="day")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("HOLIDAY", "Day off"), ("MAKEUP", "Working weekend day")],
                                max_length=7,
                                verbose_name="kind of day",
                            ),
                        ),
                        ("name", models.CharField(max_length=40, verbose_name="name of the holiday")),
                    ],
                    options={
                        "verbose_name": "holiday",
                        "ordering": ["day"],
                    },
                ),
                migrations.CreateModel(
                    name="Appointment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("client_key", models.UUIDField(blank=True, null=True, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("VISIT", "Agree on a visit"),
                                    ("GREETING", "Greeting"),
                                    ("ARREARS", "Balance reminder"),
                                    ("CALLBACK", "Calling back"),
                                ],
                                default="VISIT",
                                max_length=8,
                                verbose_name="kind of call",
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("PHONE", "Phone"),
                                    ("MESSAGE", "Message"),
                                    ("WECHAT", "WeChat"),
                                    ("MEETING", "Face to face"),
                                ],
                                default="PHONE",
                                max_length=8,
                                verbose_name="way of contact",
                            ),
                        ),
                        ("purpose", models.CharField(max_length=200, verbose_name="what it is about")),
                        ("benefit", models.CharField(max_length=200, verbose_name="benefit to the client")),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("P1", "Promote a service"),
                                        ("P2", "Keep in touch"),
                                        ("P3", "Hand over a gift"),
                                        ("P4", "Handle business"),
                                        ("P5", "Ask for opinions"),
                                        ("P6", "Solve a complaint"),
                                    ],
                                    max_length=2,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="purposes",
                            ),
                        ),
                        (
                            "slot1_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="first time offered"),
                        ),
                        (
                            "slot2_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="second time offered"),
                        ),
                        ("call_at", models.DateTimeField(verbose_name="to be called")),
                        ("called_at", models.DateTimeField(blank=True, null=True, verbose_name="called")),
                        (
                            "result",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("CONFIRMED", "Agreed"),
                                    ("REFUSED", "Client declined"),
                                    ("INCONVENIENT", "Inconvenient"),
                                    ("ABSENT", "Not there"),
                                    ("NO_ANSWER", "No answer"),
                                    ("POSTPONED", "Put off to another time"),
                                    ("SPOKEN", "Spoken"),
                                ],
                                max_length=12,
                                verbose_name="result",
                            ),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=300, verbose_name="note of the call"),
                        ),
                        ("agreed_at", models.DateTimeField(blank=True, null=True, verbose_name="agreed for")),
                        ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.contact",
                                verbose_name="contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "follows",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followed_by",
                                to="visits.appointment",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appointments",
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "call",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("result", "")),
                                fields=["owner", "call_at"],
                                name="call_open",
                            ),
                            models.Index(fields=["owner", "-id"], name="call_owner"),
                            models.Index(fields=["org_unit", "-id"], name="call_unit"),
                            models.Index(fields=["client", "-id"], name="call_client"),
                            models.Index(fields=["contact", "kind", "called_at"], name="call_greeted"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("purpose", ""), _negated=True),
                                    models.Q(("benefit", ""), _negated=True),
                                ),
                                name="call_has_purpose_and_benefit",
                                violation_error_message="Write what it is about and what the client gains by it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("called_at", None), ("result", "")),
                                    models.Q(
                                        models.Q(("result", ""), _negated=True), ("called_at__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="call_with_result_was_made",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("slot1_at", None), ("slot2_at", None)),
                                    models.Q(
                                        ("slot1_at__isnull", False),
                                        ("slot2_at__isnull", False),
                                        models.Q(("slot1_at", models.F("slot2_at")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="call_offers_two_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "VISIT"), _negated=True),
                                    ("slot1_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="call_for_a_visit_offers_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("result", "CONFIRMED"), _negated=True),
                                    models.Q(
                                        ("agreed_at__isnull", False),
                                        ("visit__isnull", False),
                                        models.Q(("place", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="call_confirmed_has_time_and_place",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("result", "SPOKEN"), _negated=True),
                                    models.Q(("kind", "VISIT"), _negated=True),
                                    _connector="OR",
                                ),
                                name="call_for_a_visit_has_an_answer",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AppointmentEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("VISIT", "Agree on a visit"),
                                    ("GREETING", "Greeting"),
                                    ("ARREARS", "Balance reminder"),
                                    ("CALLBACK", "Calling back"),
                                ],
                                default="VISIT",
                                max_length=8,
                                verbose_name="kind of call",
                            ),
                        ),
                        ("purpose", models.CharField(max_length=200, verbose_name="what it is about")),
                        ("benefit", models.CharField(max_length=200, verbose_name="benefit to the client")),
                        (
                            "slot1_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="first time offered"),
                        ),
                        (
                            "slot2_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="second time offered"),
                        ),
                        ("call_at", models.DateTimeField(verbose_name="to be called")),
                        (
                            "result",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("CONFIRMED", "Agreed"),
                                    ("REFUSED", "Client declined"),
                                    ("INCONVENIENT", "Inconvenient"),
                                    ("ABSENT", "Not there"),
                                    ("NO_ANSWER", "No answer"),
                                    ("POSTPONED", "Put off to another time"),
                                    ("SPOKEN", "Spoken"),
                                ],
                                max_length=12,
                                verbose_name="result",
                            ),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=300, verbose_name="note of the call"),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.appointment",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="ConductReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("ASKED_FOR_GIFTS", "Asked a client for gifts or favours"),
                                    ("KEPT_GIFT", "Kept a gift meant for a client"),
                                    ("OTHER", "Other conduct"),
                                ],
                                max_length=15,
                                verbose_name="kind of report",
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("HALL", "Service hall"),
                                    ("HOTLINE", "Hotline"),
                                    ("LEADER", "Told to a leader"),
                                    ("LETTER", "Letter"),
                                    ("CALL_BACK", "Call back about a gift"),
                                ],
                                max_length=9,
                                verbose_name="told through",
                            ),
                        ),
                        ("text", models.CharField(max_length=1000, verbose_name="what was said")),
                        ("told_by", models.CharField(blank=True, max_length=60, verbose_name="who told it")),
                        (
                            "happened_on",
                            models.DateField(blank=True, null=True, verbose_name="when it happened"),
                        ),
                        ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                        ("due_on", models.DateField(verbose_name="settled by")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("NEW", "New"),
                                    ("LOOKED_INTO", "Being looked into"),
                                    ("FOUNDED", "Found true"),
                                    ("UNFOUNDED", "Not found true"),
                                ],
                                default="NEW",
                                max_length=11,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "disposition",
                            models.CharField(blank=True, max_length=1000, verbose_name="disposition"),
                        ),
                        (
                            "settled_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="settled at"),
                        ),
                        (
                            "about",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="about whom",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "handled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="recorded by",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "report of conduct",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["NEW", "LOOKED_INTO"])),
                                fields=["due_on"],
                                name="conduct_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True), name="conduct_has_text"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["NEW", "LOOKED_INTO"]),
                                    models.Q(
                                        models.Q(("disposition", ""), _negated=True),
                                        models.Q(("handled_by", None), _negated=True),
                                        models.Q(("settled_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="conduct_settled_says_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("handled_by", models.F("about")), _negated=True),
                                name="conduct_handled_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConductReportEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("NEW", "New"),
                                    ("LOOKED_INTO", "Being looked into"),
                                    ("FOUNDED", "Found true"),
                                    ("UNFOUNDED", "Not found true"),
                                ],
                                default="NEW",
                                max_length=11,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "disposition",
                            models.CharField(blank=True, max_length=1000, verbose_name="disposition"),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.conductreport",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="EscalationRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "procedure",
                            models.CharField(
                                choices=[
                                    ("PAPERS_LATER", "Handle now, papers later"),
                                    ("PRIORITY", "Handle with priority"),
                                    ("ON_SITE", "Accept on the spot"),
                                    ("CREDIT", "Credit for the time being"),
                                    ("PRICE", "Discount outside the table"),
                                    ("OTHER", "Another simplification"),
                                ],
                                max_length=12,
                                verbose_name="procedure",
                            ),
                        ),
                        ("need", models.CharField(max_length=300, verbose_name="urgent need")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ASKED", "Waits for an answer"),
                                    ("GRANTED", "Granted"),
                                    ("REFUSED", "Refused"),
                                    ("WITHDRAWN", "Withdrawn"),
                                    ("REVOKED", "Grant ended"),
                                ],
                                default="ASKED",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("asked_at", models.DateTimeField(verbose_name="asked at")),
                        ("level", models.PositiveSmallIntegerField(default=0, verbose_name="level")),
                        ("escalates_at", models.DateTimeField(verbose_name="goes to the leader at")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                        ),
                        (
                            "allowed",
                            models.CharField(blank=True, max_length=300, verbose_name="what is allowed"),
                        ),
                        (
                            "valid_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="valid until"),
                        ),
                        (
                            "refusal",
                            models.CharField(blank=True, max_length=300, verbose_name="reason for refusal"),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="urgent_needs",
                                to="visits.visit",
                                verbose_name="visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "urgent need",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["client", "-id"], name="urgent_client"),
                            models.Index(
                                condition=models.Q(("state", "ASKED")),
                                fields=["escalates_at"],
                                name="urgent_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("state", "GRANTED")),
                                fields=["client", "procedure", "valid_until"],
                                name="urgent_grant",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("need", ""), _negated=True), name="urgent_has_need"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "GRANTED"), _negated=True),
                                    models.Q(
                                        models.Q(("decided_by", None), _negated=True),
                                        models.Q(("decided_at", None), _negated=True),
                                        models.Q(("valid_until", None), _negated=True),
                                        models.Q(("allowed", ""), _negated=True),
                                        ("valid_until__gt", models.F("decided_at")),
                                    ),
                                    _connector="OR",
                                ),
                                name="urgent_grant_says_what_and_until_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("decided_by", models.F("owner")), _negated=True),
                                name="urgent_decided_by_another",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "ASKED")),
                                fields=("visit", "procedure"),
                                name="urgent_asked_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EscalationRequestEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ASKED", "Waits for an answer"),
                                    ("GRANTED", "Granted"),
                                    ("REFUSED", "Refused"),
                                    ("WITHDRAWN", "Withdrawn"),
                                    ("REVOKED", "Grant ended"),
                                ],
                                default="ASKED",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField(default=0, verbose_name="level")),
                        (
                            "allowed",
                            models.CharField(blank=True, max_length=300, verbose_name="what is allowed"),
                        ),
                        (
                            "valid_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="valid until"),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.escalationrequest",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="GiftRequest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("quantity", models.PositiveSmallIntegerField(verbose_name="quantity")),
                        ("value_fen", models.PositiveIntegerField(verbose_name="value")),
                        ("reason", models.CharField(max_length=200, verbose_name="occasion")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("REQUESTED", "Asked for"),
                                    ("APPROVED", "Approved, to collect"),
                                    ("REFUSED", "Refused"),
                                    ("WITHDRAWN", "Withdrawn"),
                                    ("COLLECTED", "Handed out, no receipt yet"),
                                    ("SIGNED", "Signed for"),
                                    ("RETURNED", "Back in stock"),
                                ],
                                default="REQUESTED",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "refusal",
                            models.CharField(blank=True, max_length=200, verbose_name="reason for refusal"),
                        ),
                        (
                            "collected_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="handed out"),
                        ),
                        ("signed_by", models.CharField(blank=True, max_length=60, verbose_name="signed by")),
                        ("signed_on", models.DateField(blank=True, null=True, verbose_name="signed on")),
                        (
                            "callback",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("CONFIRMED", "Received as written"),
                                    ("DENIED", "Not received"),
                                    ("NO_ANSWER", "Could not be asked"),
                                ],
                                max_length=9,
                                verbose_name="call back",
                            ),
                        ),
                        (
                            "callback_note",
                            models.CharField(blank=True, max_length=300, verbose_name="note of the call"),
                        ),
                        ("callback_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "callback_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.contact",
                                verbose_name="contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "stock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requests",
                                to="visits.giftstock",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="gifts",
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "gift request",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["owner", "-id"], name="gift_owner"),
                            models.Index(fields=["org_unit", "state", "-id"], name="gift_unit_state"),
                            models.Index(fields=["client", "-id"], name="gift_client"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="gift_request_has_quantity"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "SIGNED"), _negated=True),
                                    models.Q(
                                        models.Q(("signed_by", ""), _negated=True),
                                        models.Q(("signed_on", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="gift_signed_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("decided_by", models.F("owner")), _negated=True),
                                name="gift_decided_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GiftRequestEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("REQUESTED", "Asked for"),
                                    ("APPROVED", "Approved, to collect"),
                                    ("REFUSED", "Refused"),
                                    ("WITHDRAWN", "Withdrawn"),
                                    ("COLLECTED", "Handed out, no receipt yet"),
                                    ("SIGNED", "Signed for"),
                                    ("RETURNED", "Back in stock"),
                                ],
                                default="REQUESTED",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("quantity", models.PositiveSmallIntegerField(verbose_name="quantity")),
                        ("signed_by", models.CharField(blank=True, max_length=60, verbose_name="signed by")),
                        (
                            "callback",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("CONFIRMED", "Received as written"),
                                    ("DENIED", "Not received"),
                                    ("NO_ANSWER", "Could not be asked"),
                                ],
                                max_length=9,
                                verbose_name="call back",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.giftrequest",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="GiftStock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("on_hand", models.IntegerField(default=0, verbose_name="in stock")),
                        (
                            "gift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stock",
                                to="visits.gift",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["org_unit", "gift"],
                        "constraints": [
                            models.UniqueConstraint(fields=("gift", "org_unit"), name="gift_stock_once"),
                            models.CheckConstraint(
                                condition=models.Q(("on_hand__gte", 0)), name="gift_stock_not_negative"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Meeting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("MORNING", "Morning meeting"), ("EVENING", "Evening meeting")],
                                max_length=7,
                                verbose_name="kind of meeting",
                            ),
                        ),
                        ("held_on", models.DateField(verbose_name="day")),
                        (
                            "state",
                            models.CharField(
                                choices=[("PLANNED", "Not begun"), ("RUNNING", "Going on"), ("HELD", "Held")],
                                default="PLANNED",
                                max_length=7,
                                verbose_name="state",
                            ),
                        ),
                        ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="begin")),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="end")),
                        (
                            "key_work",
                            models.CharField(blank=True, max_length=1000, verbose_name="key work of the day"),
                        ),
                        (
                            "special",
                            models.CharField(
                                blank=True, max_length=1000, verbose_name="special tasks and indicators"
                            ),
                        ),
                        (
                            "measures",
                            models.CharField(
                                blank=True, max_length=1000, verbose_name="weak indicators and measures"
                            ),
                        ),
                        ("minutes", models.CharField(blank=True, max_length=2000, verbose_name="minutes")),
                        (
                            "chaired_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="chair",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "meeting",
                        "ordering": ["-held_on", "-kind", "org_unit"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("org_unit", "kind", "held_on"), name="meeting_once_a_day"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_at", None),
                                    ("ended_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="meeting_ends_after_begin",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "HELD"), _negated=True),
                                    models.Q(
                                        models.Q(("started_at", None), _negated=True),
                                        models.Q(("ended_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="meeting_held_has_times",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DailyTask",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("task", models.CharField(max_length=200, verbose_name="task")),
                        ("target", models.PositiveIntegerField(default=1, verbose_name="target")),
                        (
                            "unit_of_target",
                            models.CharField(blank=True, max_length=10, verbose_name="counted in"),
                        ),
                        ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                        ("special", models.BooleanField(default=False, verbose_name="special task")),
                        ("due_on", models.DateField(verbose_name="due")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="note")),
                        ("dropped", models.BooleanField(default=False, verbose_name="dropped")),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tasks",
                                to="visits.meeting",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "task",
                        "ordering": ["due_on", "-special", "id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("done__lt", models.F("target")), ("dropped", False)),
                                fields=["user", "due_on"],
                                name="daily_task_open",
                            ),
                            models.Index(fields=["org_unit", "due_on"], name="daily_task_unit"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("target__gte", 1)), name="daily_task_has_target"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Attendance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PRESENT", "Present"),
                                    ("LEAVE", "On leave or away on business"),
                                    ("ABSENT", "Absent"),
                                ],
                                max_length=7,
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attendance",
                                to="visits.meeting",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["user__staff_no"],
                        "constraints": [
                            models.UniqueConstraint(fields=("meeting", "user"), name="attendance_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MissedCall",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("number", models.CharField(max_length=20, verbose_name="number")),
                        ("missed_at", models.DateTimeField(verbose_name="missed at")),
                        ("due_at", models.DateTimeField(verbose_name="call back until")),
                        (
                            "reason",
                            models.CharField(blank=True, max_length=100, verbose_name="why it was missed"),
                        ),
                        (
                            "returned_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="called back"),
                        ),
                        (
                            "note",
                            models.CharField(blank=True, max_length=300, verbose_name="note of the call"),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.contact",
                                verbose_name="contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "missed call",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("returned_at", None)),
                                fields=["owner", "due_at"],
                                name="missed_call_open",
                            ),
                            models.Index(fields=["org_unit", "-id"], name="missed_call_unit"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("owner", "number", "missed_at"), name="missed_call_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("due_at__gte", models.F("missed_at"))),
                                name="missed_call_due_after",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("returned_at", None),
                                    ("returned_at__gte", models.F("missed_at")),
                                    _connector="OR",
                                ),
                                name="missed_call_returned_after",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OnSiteEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Event draft"),
                                    ("SUBMITTED", "Handed in"),
                                    ("APPROVED", "Event approved"),
                                    ("WARMED_UP", "Warmed up"),
                                    ("RUNNING", "Running on site"),
                                    ("FINISHED", "To be evaluated"),
                                    ("EVALUATED", "Evaluated, to close"),
                                    ("CLOSED", "Event closed"),
                                    ("CANCELLED", "Event called off"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("title", models.CharField(max_length=80, verbose_name="topic")),
                        ("place", models.CharField(max_length=200, verbose_name="place")),
                        (
                            "place_kind",
                            models.CharField(
                                choices=[
                                    ("CANTEEN", "Canteen"),
                                    ("GATE", "Gate"),
                                    ("ROAD", "Main road inside"),
                                    ("LOBBY", "Lobby"),
                                    ("OTHER", "Another place with a crowd"),
                                ],
                                max_length=7,
                                verbose_name="kind of place",
                            ),
                        ),
                        ("starts_at", models.DateTimeField(verbose_name="begin")),
                        ("ends_at", models.DateTimeField(verbose_name="end")),
                        (
                            "warmup_plan",
                            models.CharField(blank=True, max_length=500, verbose_name="warm-up and notice"),
                        ),
                        (
                            "warmup_done_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="warmed up"),
                        ),
                        (
                            "materials_needed",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("BANNER", "Banners"),
                                        ("LEAFLET", "Leaflets"),
                                        ("BOOTH", "Booth or parasols"),
                                        ("DESK", "Desks and chairs"),
                                        ("POWER", "Power supply"),
                                        ("COPIER", "Copier"),
                                        ("FORMS", "Printed acceptance forms"),
                                    ],
                                    max_length=7,
                                ),
                                blank=True,
                                default=visits.models.events.all_materials,
                                size=None,
                                verbose_name="material",
                            ),
                        ),
                        (
                            "materials_ready",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("BANNER", "Banners"),
                                        ("LEAFLET", "Leaflets"),
                                        ("BOOTH", "Booth or parasols"),
                                        ("DESK", "Desks and chairs"),
                                        ("POWER", "Power supply"),
                                        ("COPIER", "Copier"),
                                        ("FORMS", "Printed acceptance forms"),
                                    ],
                                    max_length=7,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "site_checks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("WORDING", "Everybody uses the same wording"),
                                        ("DRESS", "Everybody is dressed alike"),
                                        ("SERVICE", "Everybody serves in the same way"),
                                        ("CROWD", "The stand is where people pass by"),
                                        ("SAFETY", "People and goods are safe"),
                                        ("COMPLAINT", "Complaints are answered calmly, in the agreed words"),
                                    ],
                                    max_length=9,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="site checklist",
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                        ("started_at", models.DateTimeField(blank=True, null=True)),
                        ("finished_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "evaluation_due_on",
                            models.DateField(blank=True, null=True, verbose_name="evaluation due"),
                        ),
                        ("closed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "sign_in_token",
                            models.CharField(
                                blank=True, db_collation="C", max_length=32, null=True, unique=True
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "closed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "on-site event",
                        "ordering": ["-starts_at", "-id"],
                        "indexes": [
                            models.Index(fields=["owner", "-id"], name="onsite_event_owner"),
                            models.Index(fields=["org_unit", "state", "-id"], name="onsite_event_unit"),
                            models.Index(fields=["client", "-starts_at"], name="onsite_event_client"),
                            models.Index(
                                condition=models.Q(("state", "FINISHED")),
                                fields=["evaluation_due_on"],
                                name="onsite_event_due",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="onsite_event_ends_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("warmup_done_at", None),
                                    ("warmup_done_at__lt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="onsite_event_warm_up_before",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_by", models.F("owner")), _negated=True),
                                    models.Q(("closed_by", models.F("owner")), _negated=True),
                                ),
                                name="onsite_event_decided_by_another",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["FINISHED", "EVALUATED", "CLOSED"]), _negated=True
                                    ),
                                    models.Q(("evaluation_due_on", None), _negated=True),
                                    _connector="OR",
                                ),
                                name="onsite_event_over_has_due",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GiftMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("IN", "Taken in"),
                                    ("OUT", "Handed out"),
                                    ("BACK", "Given back"),
                                    ("COUNT", "Corrected by count"),
                                ],
                                max_length=5,
                                verbose_name="kind of movement",
                            ),
                        ),
                        ("quantity", models.IntegerField(verbose_name="quantity")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "operator",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "request",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="visits.giftrequest",
                            ),
                        ),
                        (
                            "stock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="moves",
                                to="visits.giftstock",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "stock movement",
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind__in", ["IN", "BACK"]), ("quantity__gt", 0)),
                                    models.Q(("kind", "OUT"), ("quantity__lt", 0)),
                                    models.Q(("kind", "COUNT"), models.Q(("quantity", 0), _negated=True)),
                                    _connector="OR",
                                ),
                                name="gift_move_sign",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventStaff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "helper",
                            models.CharField(blank=True, max_length=40, verbose_name="helper by name"),
                        ),
                        ("is_leader", models.BooleanField(default=False, verbose_name="leads the stand")),
                        ("duty", models.CharField(blank=True, max_length=60, verbose_name="does")),
                        (
                            "rating",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, verbose_name="quality of work"
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="colleague",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="staff",
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-is_leader", "id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("user", None), _negated=True),
                                fields=("event", "user"),
                                name="event_staff_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("user", None), models.Q(("helper", ""), _negated=True)),
                                    models.Q(models.Q(("user", None), _negated=True), ("helper", "")),
                                    _connector="OR",
                                ),
                                name="event_staff_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("rating", None), ("rating__range", (1, 5)), _connector="OR"
                                ),
                                name="event_staff_rating",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "client_situation",
                            models.CharField(
                                blank=True, max_length=2000, verbose_name="situation of the client"
                            ),
                        ),
                        (
                            "strategy",
                            models.CharField(
                                blank=True, max_length=2000, verbose_name="strategy and products used"
                            ),
                        ),
                        (
                            "site_situation",
                            models.CharField(
                                blank=True, max_length=2000, verbose_name="situation on the site"
                            ),
                        ),
                        (
                            "sales_effect",
                            models.CharField(blank=True, max_length=2000, verbose_name="effect on sales"),
                        ),
                        (
                            "feedback",
                            models.CharField(
                                blank=True, max_length=2000, verbose_name="problems and feedback"
                            ),
                        ),
                        (
                            "success",
                            models.CharField(blank=True, max_length=2000, verbose_name="what went well"),
                        ),
                        (
                            "failure",
                            models.CharField(blank=True, max_length=2000, verbose_name="what went wrong"),
                        ),
                        (
                            "staff_quality",
                            models.CharField(blank=True, max_length=2000, verbose_name="quality of the team"),
                        ),
                        ("written_at", models.DateTimeField(auto_now=True)),
                        (
                            "event",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="evaluation",
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="EventProduct",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("script", models.CharField(blank=True, max_length=500, verbose_name="wording")),
                        (
                            "tariff",
                            models.CharField(blank=True, max_length=300, verbose_name="tariff and policy"),
                        ),
                        (
                            "system_ready",
                            models.BooleanField(default=False, verbose_name="ready in the systems"),
                        ),
                        (
                            "needs_check",
                            models.BooleanField(
                                default=False, verbose_name="needs a check of papers or conditions"
                            ),
                        ),
                        (
                            "support_hall",
                            models.CharField(
                                blank=True, max_length=60, verbose_name="hall or department that supports"
                            ),
                        ),
                        (
                            "support_phone",
                            models.CharField(blank=True, max_length=20, verbose_name="its phone"),
                        ),
                        (
                            "target_qty",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="target"),
                        ),
                        (
                            "result_qty",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="result"),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.product",
                                verbose_name="product",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="products",
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "product of an event",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "product"), name="event_product_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("target_qty", None), ("target_qty__gte", 1), _connector="OR"
                                ),
                                name="event_product_has_target",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventPhoto",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "file",
                            models.FileField(
                                max_length=120,
                                upload_to=visits.models.events.photo_path,
                                verbose_name="photo",
                            ),
                        ),
                        ("content_type", models.CharField(max_length=30)),
                        ("size", models.PositiveIntegerField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("caption", models.CharField(blank=True, max_length=80, verbose_name="caption")),
                        ("uploaded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="photos",
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "sha256"), name="event_photo_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventGift",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("quantity", models.PositiveIntegerField(verbose_name="quantity")),
                        (
                            "given",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="given away"),
                        ),
                        (
                            "stock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="visits.giftstock",
                                verbose_name="gift",
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="gifts",
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "stock"), name="event_gift_once"),
                            models.CheckConstraint(
                                condition=models.Q(("quantity__gte", 1)), name="event_gift_has_quantity"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("given", None), ("given__lte", models.F("quantity")), _connector="OR"
                                ),
                                name="event_gift_given_at_most",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EventAttendee",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(default=uuid.uuid4, unique=True)),
                        ("name", models.CharField(max_length=40, verbose_name="full name")),
                        ("msisdn", models.CharField(db_collation="C", max_length=11, verbose_name="mobile")),
                        ("consent", models.BooleanField(verbose_name="agreed to be contacted")),
                        (
                            "via",
                            models.CharField(
                                choices=[("SELF", "Own phone"), ("STAFF", "At the stand")],
                                max_length=5,
                                verbose_name="signed in",
                            ),
                        ),
                        ("signed_at", models.DateTimeField(verbose_name="signed in at")),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("origin", models.CharField(blank=True, default="", max_length=16)),
                        ("taken_over_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="members.personalcustomer",
                            ),
                        ),
                        (
                            "member",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="members.member",
                            ),
                        ),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "interests",
                            models.ManyToManyField(
                                related_name="+", to="visits.eventproduct", verbose_name="interested in"
                            ),
                        ),
                        (
                            "event",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="attendees",
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "attendee",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                fields=["event", "origin", "-recorded_at"], name="event_attendee_flood"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("event", "msisdn"), name="event_attendee_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("via", "SELF"), _negated=True),
                                    ("consent", True),
                                    _connector="OR",
                                ),
                                name="event_attendee_agreed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OnSiteEventEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Event draft"),
                                    ("SUBMITTED", "Handed in"),
                                    ("APPROVED", "Event approved"),
                                    ("WARMED_UP", "Warmed up"),
                                    ("RUNNING", "Running on site"),
                                    ("FINISHED", "To be evaluated"),
                                    ("EVALUATED", "Evaluated, to close"),
                                    ("CLOSED", "Event closed"),
                                    ("CANCELLED", "Event called off"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("place", models.CharField(max_length=200, verbose_name="place")),
                        ("starts_at", models.DateTimeField(verbose_name="begin")),
                        ("ends_at", models.DateTimeField(verbose_name="end")),
                        (
                            "warmup_done_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="warmed up"),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.onsiteevent",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="OpinionForm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("SERVICE", "Service"),
                                    ("NETWORK", "Network quality"),
                                    ("PRODUCT", "Products"),
                                    ("PRICE", "Prices and bills"),
                                    ("PROCESS", "Procedures"),
                                    ("OTHER", "Something else"),
                                ],
                                default="OTHER",
                                max_length=8,
                                verbose_name="about",
                            ),
                        ),
                        ("text", models.CharField(max_length=500, verbose_name="opinion")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ASKED", "Waits for the department"),
                                    ("ANSWERED", "Answered, client not told"),
                                    ("FED_BACK", "Client told"),
                                ],
                                default="ASKED",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="client is told by")),
                        (
                            "answer",
                            models.CharField(
                                blank=True, max_length=500, verbose_name="answer of the department"
                            ),
                        ),
                        (
                            "answered_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="answered at"),
                        ),
                        (
                            "feedback",
                            models.CharField(
                                blank=True, max_length=500, verbose_name="what the client was told"
                            ),
                        ),
                        ("fed_back_at", models.DateTimeField(blank=True, null=True, verbose_name="told at")),
                        (
                            "satisfied",
                            models.BooleanField(blank=True, null=True, verbose_name="client content with it"),
                        ),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "asked_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="department asked",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.contact",
                                verbose_name="contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="opinions",
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "opinion of a client",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["owner", "-id"], name="opinion_owner"),
                            models.Index(fields=["client", "-id"], name="opinion_client"),
                            models.Index(
                                condition=models.Q(("state", "FED_BACK"), _negated=True),
                                fields=["due_on"],
                                name="opinion_open",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True), name="opinion_has_text"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "ASKED"),
                                    models.Q(
                                        models.Q(("answer", ""), _negated=True),
                                        models.Q(("answered_by", None), _negated=True),
                                        models.Q(("answered_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="opinion_answered_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "FED_BACK"), _negated=True),
                                    models.Q(
                                        models.Q(("feedback", ""), _negated=True),
                                        models.Q(("fed_back_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="opinion_fed_back_says_what",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("visit", None), _negated=True),
                                fields=("visit", "text"),
                                name="opinion_once_a_visit",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OpinionFormEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ASKED", "Waits for the department"),
                                    ("ANSWERED", "Answered, client not told"),
                                    ("FED_BACK", "Client told"),
                                ],
                                default="ASKED",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("text", models.CharField(max_length=500, verbose_name="opinion")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("SERVICE", "Service"),
                                    ("NETWORK", "Network quality"),
                                    ("PRODUCT", "Products"),
                                    ("PRICE", "Prices and bills"),
                                    ("PROCESS", "Procedures"),
                                    ("OTHER", "Something else"),
                                ],
                                default="OTHER",
                                max_length=8,
                                verbose_name="about",
                            ),
                        ),
                        (
                            "answer",
                            models.CharField(
                                blank=True, max_length=500, verbose_name="answer of the department"
                            ),
                        ),
                        (
                            "feedback",
                            models.CharField(
                                blank=True, max_length=500, verbose_name="what the client was told"
                            ),
                        ),
                        (
                            "asked_unit",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="accounts.orgunit",
                                verbose_name="department asked",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.opinionform",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="PreparationItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("P1", "Promote a service"),
                                    ("P2", "Keep in touch"),
                                    ("P3", "Hand over a gift"),
                                    ("P4", "Handle business"),
                                    ("P5", "Ask for opinions"),
                                    ("P6", "Solve a complaint"),
                                ],
                                max_length=2,
                            ),
                        ),
                        ("code", models.CharField(max_length=20)),
                        ("text", models.CharField(max_length=80)),
                        ("text_en", models.CharField(max_length=120)),
                        ("mandatory", models.BooleanField(default=False)),
                        ("is_tip", models.BooleanField(default=False)),
                        ("position", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ["purpose", "is_tip", "position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("purpose", "code"), name="preparation_item_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PrintRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("monday", models.DateField()),
                        ("asked_at", models.DateTimeField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("WAITING", "Waiting for a worker"),
                                    ("RUNNING", "Being printed"),
                                    ("DONE", "All printed"),
                                    ("FAILED", "Printing failed"),
                                ],
                                default="WAITING",
                                max_length=7,
                            ),
                        ),
                        ("total", models.PositiveSmallIntegerField(default=0)),
                        ("done", models.PositiveSmallIntegerField(default=0)),
                        ("refused", models.JSONField(default=list)),
                        ("pdf", models.BinaryField(null=True)),
                        ("beat_at", models.DateTimeField()),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["WAITING", "RUNNING"])),
                                fields=("org_unit", "monday"),
                                name="print_run_one_at_a_time",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QualityMonth",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "target",
                            models.CharField(
                                choices=[("LOG", "Visit logs"), ("APPROVAL", "Heads' decisions")],
                                max_length=8,
                                verbose_name="what is checked",
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("ok", models.PositiveIntegerField(default=0, verbose_name="in order")),
                        ("doubt", models.PositiveIntegerField(default=0, verbose_name="doubtful")),
                        ("reject", models.PositiveIntegerField(default=0, verbose_name="not in order")),
                        (
                            "score",
                            models.DecimalField(decimal_places=1, max_digits=4, verbose_name="quality score"),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "quality of a month",
                        "ordering": ["-month", "user"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "target", "month"), name="quality_month_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("score__range", (0, 100))), name="quality_score_range"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpotDraw",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "target",
                            models.CharField(
                                choices=[("LOG", "Visit logs"), ("APPROVAL", "Heads' decisions")],
                                max_length=8,
                                verbose_name="what is checked",
                            ),
                        ),
                        ("first_on", models.DateField(verbose_name="from")),
                        ("last_on", models.DateField(verbose_name="to")),
                        ("seed", models.CharField(max_length=16, verbose_name="seed")),
                        ("frame", models.JSONField(verbose_name="population")),
                        ("rates", models.JSONField(verbose_name="rates")),
                        ("drawn_at", models.DateTimeField(verbose_name="drawn at")),
                        (
                            "checker",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="checker",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "draw of a spot check",
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["org_unit", "-id"], name="spot_draw_unit")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("last_on__gte", models.F("first_on"))),
                                name="spot_draw_period",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpotSample",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        (
                            "draw",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="samples",
                                to="visits.spotdraw",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person checked",
                            ),
                        ),
                        (
                            "log",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="visits.visitlog",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["draw", "position"],
                        "constraints": [
                            models.UniqueConstraint(fields=("draw", "log"), name="spot_sample_once"),
                            models.UniqueConstraint(fields=("draw", "position"), name="spot_sample_position"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SpotCheck",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "result",
                            models.CharField(
                                choices=[
                                    ("OK", "In order"),
                                    ("DOUBT", "Doubtful"),
                                    ("REJECT", "Not in order"),
                                ],
                                max_length=6,
                                verbose_name="result",
                            ),
                        ),
                        ("comment", models.CharField(blank=True, max_length=300, verbose_name="comment")),
                        ("checked_at", models.DateTimeField(verbose_name="checked at")),
                        (
                            "checked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="checker",
                            ),
                        ),
                        (
                            "sample",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="check_made",
                                to="visits.spotsample",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "spot check",
                        "ordering": ["-id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("result", "OK"),
                                    models.Q(("comment", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="spot_check_says_why",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Visit",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("client_key", models.UUIDField(blank=True, null=True, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PLANNED", "Planned"),
                                    ("CONFIRMED", "Confirmed"),
                                    ("IN_PROGRESS", "On site"),
                                    ("DONE", "Visited"),
                                    ("FOLLOWED_UP", "Followed up"),
                                    ("CLOSED", "Visit closed"),
                                    ("CANCELLED", "Cancelled"),
                                    ("POSTPONED", "Postponed"),
                                    ("NO_SHOW", "Client did not appear"),
                                ],
                                default="PLANNED",
                                max_length=11,
                                verbose_name="state",
                            ),
                        ),
                        ("planned_at", models.DateTimeField(verbose_name="planned for")),
                        ("visit_on", models.DateField(verbose_name="visit day")),
                        ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("P1", "Promote a service"),
                                        ("P2", "Keep in touch"),
                                        ("P3", "Hand over a gift"),
                                        ("P4", "Handle business"),
                                        ("P5", "Ask for opinions"),
                                        ("P6", "Solve a complaint"),
                                    ],
                                    max_length=2,
                                ),
                                size=None,
                                verbose_name="purposes",
                            ),
                        ),
                        (
                            "purpose_note",
                            models.CharField(blank=True, max_length=200, verbose_name="what it is about"),
                        ),
                        (
                            "benefit",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="benefit to the client"
                            ),
                        ),
                        (
                            "unscheduled_reason",
                            models.CharField(
                                blank=True, max_length=200, verbose_name="reason for coming unannounced"
                            ),
                        ),
                        (
                            "checklist",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="prepared",
                            ),
                        ),
                        ("arrived_at", models.DateTimeField(blank=True, null=True, verbose_name="arrived")),
                        ("left_at", models.DateTimeField(blank=True, null=True, verbose_name="departure")),
                        (
                            "late_notified_at",
                            models.DateTimeField(
                                blank=True, null=True, verbose_name="client told of the delay"
                            ),
                        ),
                        (
                            "outcome_reason",
                            models.CharField(blank=True, max_length=200, verbose_name="reason"),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.contact",
                                verbose_name="contact",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "follows",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followed_by",
                                to="visits.visit",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "visit",
                        "ordering": ["-planned_at", "-id"],
                        "indexes": [
                            models.Index(fields=["owner", "visit_on"], name="visit_owner_day"),
                            models.Index(fields=["org_unit", "visit_on"], name="visit_unit_day"),
                            models.Index(fields=["client", "-visit_on"], name="visit_client"),
                            models.Index(
                                condition=models.Q(("state__in", ["PLANNED", "CONFIRMED", "IN_PROGRESS"])),
                                fields=["visit_on"],
                                name="visit_without_end",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("purposes__len__gte", 1)),
                                name="visit_has_purpose",
                                violation_error_code="PURPOSE_REQUIRED",
                                violation_error_message="Choose at least one purpose.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("left_at", None),
                                    ("left_at__gte", models.F("arrived_at")),
                                    _connector="OR",
                                ),
                                name="visit_leaves_after_arrival",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "CONFIRMED"), _negated=True),
                                    models.Q(("place", ""), _negated=True),
                                    _connector="OR",
                                ),
                                name="visit_confirmed_has_place",
                                violation_error_code="PLACE_REQUIRED",
                                violation_error_message="Write where you meet before you confirm.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SolutionUse",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("consulted_at", models.DateTimeField(auto_now_add=True, verbose_name="looked at")),
                        (
                            "solution",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="knowledge.solution",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="solutions",
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("visit", "solution"), name="solution_used_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Presence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(choices=[("IN", "Arrival"), ("OUT", "Departure")], max_length=3),
                        ),
                        (
                            "fix",
                            models.CharField(
                                choices=[
                                    ("GIVEN", "Position given"),
                                    ("REFUSED", "Position refused"),
                                    ("NONE", "No position found"),
                                    ("UNSENT", "Position not sent"),
                                ],
                                max_length=8,
                                verbose_name="position",
                            ),
                        ),
                        (
                            "latitude",
                            models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True),
                        ),
                        (
                            "longitude",
                            models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True),
                        ),
                        (
                            "accuracy_m",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="accuracy"),
                        ),
                        ("age_s", models.PositiveIntegerField(blank=True, null=True, verbose_name="age")),
                        (
                            "distance_m",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="distance"),
                        ),
                        (
                            "light",
                            models.CharField(
                                choices=[
                                    ("GREEN", "At the client"),
                                    ("AMBER", "Cannot be told"),
                                    ("RED", "Elsewhere"),
                                ],
                                max_length=5,
                            ),
                        ),
                        (
                            "reasons",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("NEAR", "near the client"),
                                        ("AWAY", "some way from the client"),
                                        ("FAR", "far from the client"),
                                        ("NO_PLACE", "where the client is, is not known yet"),
                                        ("REFUSED", "the position was refused"),
                                        ("NONE", "the phone found no position"),
                                        ("UNSENT", "the position was not sent along"),
                                        ("VAGUE", "the position is inexact"),
                                        ("STALE", "the position is old"),
                                        ("CLOCK", "the phone's clock is wrong"),
                                    ],
                                    max_length=8,
                                ),
                                default=list,
                                size=None,
                            ),
                        ),
                        ("phone_at", models.DateTimeField(blank=True, null=True)),
                        ("skew_s", models.IntegerField(blank=True, null=True)),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "visit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="presences",
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "check-in position",
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("latitude", None), ("longitude", None)),
                                    models.Q(
                                        ("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))
                                    ),
                                    _connector="OR",
                                ),
                                name="presence_on_earth",
                            ),
                            models.UniqueConstraint(fields=("visit", "kind"), name="presence_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("fix", "GIVEN"), ("latitude__isnull", False)),
                                    models.Q(models.Q(("fix", "GIVEN"), _negated=True), ("latitude", None)),
                                    _connector="OR",
                                ),
                                name="presence_given_has_position",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VisitEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PLANNED", "Planned"),
                                    ("CONFIRMED", "Confirmed"),
                                    ("IN_PROGRESS", "On site"),
                                    ("DONE", "Visited"),
                                    ("FOLLOWED_UP", "Followed up"),
                                    ("CLOSED", "Visit closed"),
                                    ("CANCELLED", "Cancelled"),
                                    ("POSTPONED", "Postponed"),
                                    ("NO_SHOW", "Client did not appear"),
                                ],
                                default="PLANNED",
                                max_length=11,
                                verbose_name="state",
                            ),
                        ),
                        ("planned_at", models.DateTimeField(verbose_name="planned for")),
                        ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("P1", "Promote a service"),
                                        ("P2", "Keep in touch"),
                                        ("P3", "Hand over a gift"),
                                        ("P4", "Handle business"),
                                        ("P5", "Ask for opinions"),
                                        ("P6", "Solve a complaint"),
                                    ],
                                    max_length=2,
                                ),
                                size=None,
                                verbose_name="purposes",
                            ),
                        ),
                        (
                            "contact",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to="members.contact",
                                verbose_name="contact",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                related_query_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="VisitLog",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Log draft"),
                                    ("SUBMITTED", "Waiting for approval"),
                                    ("APPROVED", "Approved"),
                                    ("RETURNED", "Returned"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("results", models.JSONField(default=dict, verbose_name="result by purpose")),
                        (
                            "opinion_asked",
                            models.BooleanField(blank=True, null=True, verbose_name="asked for opinions"),
                        ),
                        ("opinion", models.CharField(blank=True, max_length=500, verbose_name="opinion")),
                        ("demands", models.CharField(blank=True, max_length=500, verbose_name="demands")),
                        (
                            "competitor",
                            models.CharField(blank=True, max_length=300, verbose_name="competitor seen"),
                        ),
                        (
                            "competitor_operator",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("CT", "China Telecom"),
                                    ("CU", "China Unicom"),
                                    ("CM", "China Mobile"),
                                    ("OTHER", "Other operator"),
                                ],
                                db_default="",
                                default="",
                                max_length=5,
                                verbose_name="operator",
                            ),
                        ),
                        (
                            "competitor_product",
                            models.CharField(
                                blank=True,
                                db_default="",
                                default="",
                                max_length=60,
                                verbose_name="product offered",
                            ),
                        ),
                        (
                            "lessons",
                            models.CharField(blank=True, max_length=500, verbose_name="gains and lessons"),
                        ),
                        (
                            "raise_in_meeting",
                            models.BooleanField(default=False, verbose_name="raise in the meeting"),
                        ),
                        ("next_step", models.CharField(blank=True, max_length=300, verbose_name="next step")),
                        ("next_due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                        (
                            "left_early",
                            models.BooleanField(db_default=False, default=False, verbose_name="left early"),
                        ),
                        (
                            "next_visit_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="next visit"),
                        ),
                        (
                            "card_given",
                            models.BooleanField(
                                db_default=False, default=False, verbose_name="business card given"
                            ),
                        ),
                        (
                            "receipt_no",
                            models.CharField(blank=True, max_length=60, verbose_name="gift receipt"),
                        ),
                        (
                            "consent_evidence",
                            models.CharField(blank=True, max_length=120, verbose_name="evidence of consent"),
                        ),
                        (
                            "complaint_no",
                            models.CharField(blank=True, max_length=60, verbose_name="complaint"),
                        ),
                        ("written_at", models.DateTimeField(blank=True, null=True, verbose_name="written")),
                        ("skew_s", models.IntegerField(blank=True, null=True)),
                        (
                            "submitted_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="submitted"),
                        ),
                        ("late_submit", models.BooleanField(default=False, verbose_name="submitted late")),
                        (
                            "doubts",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("LATE", "Submitted late"),
                                        ("NO_CHECK_IN", "No check-in"),
                                        ("FAR", "Checked in far from the client"),
                                        ("CLOCK", "The phone's clock is wrong"),
                                        ("COPIED", "Text copied from an earlier log"),
                                        ("THIN_RESULT", "A result of a few words"),
                                        ("SHORT", "Very short"),
                                        ("UNCHANGED", "Handed in again without a change"),
                                    ],
                                    max_length=12,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="doubts",
                            ),
                        ),
                        (
                            "approval_due_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="approval due"),
                        ),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                        ),
                        ("late_approval", models.BooleanField(default=False, verbose_name="approved late")),
                        (
                            "return_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="reason for return"),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                        (
                            "visit",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="log",
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "visit log",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "SUBMITTED")),
                                fields=["submitted_at"],
                                name="log_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["DRAFT", "RETURNED"])),
                                fields=["visit"],
                                name="log_unfinished",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "DRAFT"),
                                    models.Q(("submitted_at", None), _negated=True),
                                    _connector="OR",
                                ),
                                name="log_submitted_has_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "APPROVED"), _negated=True),
                                    models.Q(
                                        models.Q(("decided_by", None), _negated=True),
                                        models.Q(("decided_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="log_approved_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RaisedItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(blank=True, max_length=500, verbose_name="what was agreed"),
                        ),
                        (
                            "meeting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="raised",
                                to="visits.meeting",
                            ),
                        ),
                        (
                            "log",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="raised",
                                to="visits.visitlog",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                    },
                ),
                migrations.CreateModel(
                    name="LogReturn",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("log_version", models.PositiveIntegerField()),
                        ("returned_at", models.DateTimeField(verbose_name="returned at")),
                        ("reason", models.CharField(max_length=300, verbose_name="reason for return")),
                        ("said", models.JSONField(verbose_name="text at the return")),
                        (
                            "returned_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="returned by",
                            ),
                        ),
                        (
                            "log",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="returns",
                                to="visits.visitlog",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "return of a log",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("log", "log_version"), name="log_return_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="VisitLogEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Log draft"),
                                    ("SUBMITTED", "Waiting for approval"),
                                    ("APPROVED", "Approved"),
                                    ("RETURNED", "Returned"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("results", models.JSONField(default=dict, verbose_name="result by purpose")),
                        (
                            "opinion_asked",
                            models.BooleanField(blank=True, null=True, verbose_name="asked for opinions"),
                        ),
                        ("demands", models.CharField(blank=True, max_length=500, verbose_name="demands")),
                        (
                            "lessons",
                            models.CharField(blank=True, max_length=500, verbose_name="gains and lessons"),
                        ),
                        ("next_step", models.CharField(blank=True, max_length=300, verbose_name="next step")),
                        ("next_due_on", models.DateField(blank=True, null=True, verbose_name="due")),
                        (
                            "return_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="reason for return"),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.visitlog",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="VisitPhoto",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("key", models.UUIDField(unique=True)),
                        (
                            "file",
                            models.FileField(
                                max_length=120, upload_to=visits.models.field.photo_path, verbose_name="photo"
                            ),
                        ),
                        ("content_type", models.CharField(max_length=30)),
                        ("size", models.PositiveIntegerField(verbose_name="size")),
                        ("sha256", models.CharField(max_length=64)),
                        ("taken_at", models.DateTimeField(verbose_name="taken")),
                        ("uploaded_at", models.DateTimeField(auto_now_add=True, verbose_name="uploaded")),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="photos",
                                to="visits.visit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "photo of a visit",
                        "ordering": ["id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("visit", "sha256"), name="visit_photo_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WeekBook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "archive_no",
                            models.CharField(max_length=30, unique=True, verbose_name="archive number"),
                        ),
                        ("pdf", models.BinaryField()),
                        ("content", models.JSONField()),
                        ("sha256", models.CharField(max_length=64, verbose_name="fingerprint")),
                        ("size", models.PositiveIntegerField(verbose_name="size")),
                        ("logs", models.PositiveSmallIntegerField(verbose_name="logs")),
                        ("printed_at", models.DateTimeField(verbose_name="printed")),
                        (
                            "printed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="printed by",
                            ),
                        ),
                        (
                            "report",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="book",
                                to="visits.weeklyreport",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "log book",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="WeekFiling",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "paper_no",
                            models.CharField(blank=True, max_length=40, verbose_name="number on paper"),
                        ),
                        ("filed_at", models.DateTimeField(verbose_name="filed")),
                        (
                            "book",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="filing",
                                to="visits.weekbook",
                            ),
                        ),
                        (
                            "filed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="filed by",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="WeekInspection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "result",
                            models.CharField(
                                choices=[("GOOD", "In order"), ("FAULTS", "Faults found")],
                                max_length=6,
                                verbose_name="result",
                            ),
                        ),
                        ("comment", models.CharField(blank=True, max_length=500, verbose_name="comment")),
                        ("inspected_at", models.DateTimeField(verbose_name="inspected")),
                        (
                            "book",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="inspections",
                                to="visits.weekbook",
                            ),
                        ),
                        (
                            "inspected_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="inspected by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "inspection",
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="WeeklyReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        ("iso_year", models.PositiveSmallIntegerField(verbose_name="ISO year")),
                        ("iso_week", models.PositiveSmallIntegerField(verbose_name="ISO week")),
                        ("monday", models.DateField(verbose_name="Monday")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Being filled in"),
                                    ("SUBMITTED", "Waiting for the leader"),
                                    ("APPROVED", "Approved"),
                                    ("RETURNED", "Returned"),
                                    ("PRINTED", "Log book printed"),
                                    ("ARCHIVED", "Filed in the archive"),
                                    ("INSPECTED", "Inspected"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "summary",
                            models.CharField(blank=True, max_length=2000, verbose_name="summary of the week"),
                        ),
                        (
                            "plan",
                            models.CharField(blank=True, max_length=2000, verbose_name="plan for next week"),
                        ),
                        (
                            "auto_stats",
                            models.JSONField(blank=True, null=True, verbose_name="figures of the week"),
                        ),
                        ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                        (
                            "submitted_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="submitted"),
                        ),
                        ("late_submit", models.BooleanField(default=False, verbose_name="submitted late")),
                        (
                            "decided_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                        ),
                        (
                            "leader_note",
                            models.CharField(blank=True, max_length=300, verbose_name="word of the leader"),
                        ),
                        (
                            "return_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="reason for return"),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="account manager",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "weekly report",
                        "ordering": ["-monday", "-id"],
                        "indexes": [
                            models.Index(fields=["org_unit", "-monday"], name="week_unit"),
                            models.Index(
                                condition=models.Q(("state", "SUBMITTED")),
                                fields=["submitted_at"],
                                name="week_waiting",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("owner", "iso_year", "iso_week"), name="week_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("iso_week__range", (1, 53)), ("monday__iso_week_day", 1)),
                                name="week_is_iso",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state", "DRAFT"),
                                    models.Q(
                                        models.Q(("submitted_at", None), _negated=True),
                                        models.Q(("auto_stats", None), _negated=True),
                                        models.Q(("due_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="week_submitted_has_figures",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ("APPROVED", "PRINTED", "ARCHIVED", "INSPECTED")),
                                        _negated=True,
                                    ),
                                    models.Q(
                                        models.Q(("decided_by", None), _negated=True),
                                        models.Q(("decided_at", None), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="week_approved_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("decided_by", models.F("owner")), _negated=True),
                                name="week_decided_by_another",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WeeklyReportEvent",
                    fields=[
                        ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                        ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                        ("pgh_label", models.TextField(help_text="The event label.")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Being filled in"),
                                    ("SUBMITTED", "Waiting for the leader"),
                                    ("APPROVED", "Approved"),
                                    ("RETURNED", "Returned"),
                                    ("PRINTED", "Log book printed"),
                                    ("ARCHIVED", "Filed in the archive"),
                                    ("INSPECTED", "Inspected"),
                                ],
                                default="DRAFT",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "summary",
                            models.CharField(blank=True, max_length=2000, verbose_name="summary of the week"),
                        ),
                        (
                            "plan",
                            models.CharField(blank=True, max_length=2000, verbose_name="plan for next week"),
                        ),
                        (
                            "return_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="reason for return"),
                        ),
                        (
                            "pgh_context",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="pghistory.context",
                            ),
                        ),
                        (
                            "pgh_obj",
                            models.ForeignKey(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                to="visits.weeklyreport",
                            ),
                        ),
                    ],
                    options={
                        "abstract": False,
                        "default_permissions": (),
                    },
                ),
                migrations.CreateModel(
                    name="ClientPlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                        ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                        (
                            "version",
                            models.PositiveIntegerField(db_default=1, default=1, verbose_name="version"),
                        ),
                        (
                            "latitude",
                            models.DecimalField(decimal_places=6, max_digits=9, verbose_name="latitude"),
                        ),
                        (
                            "longitude",
                            models.DecimalField(decimal_places=6, max_digits=9, verbose_name="longitude"),
                        ),
                        (
                            "client",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="created by",
                            ),
                        ),
                        (
                            "updated_by",
                            models.ForeignKey(
                                blank=True,
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="updated by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "place of a client",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("latitude", None), ("longitude", None)),
                                    models.Q(
                                        ("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))
                                    ),
                                    _connector="OR",
                                ),
                                name="client_place_on_earth",
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_appointmentevent" ("benefit", "call_at", "kind", "note", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "result", "slot1_at", "slot2_at") SELECT old_values."benefit", old_values."call_at", old_values."kind", old_values."note", old_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."purpose", old_values."result", old_values."slot1_at", old_values."slot2_at" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."benefit" IS DISTINCT FROM (new_values."benefit") OR old_values."call_at" IS DISTINCT FROM (new_values."call_at") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."note" IS DISTINCT FROM (new_values."note") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."purpose" IS DISTINCT FROM (new_values."purpose") OR old_values."result" IS DISTINCT FROM (new_values."result") OR old_values."slot1_at" IS DISTINCT FROM (new_values."slot1_at") OR old_values."slot2_at" IS DISTINCT FROM (new_values."slot2_at")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="8c6d611bf2548e437040f173b51394ced3698358",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e80b2",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_appointment",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="appointment",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_appointmentevent" ("benefit", "call_at", "kind", "note", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "result", "slot1_at", "slot2_at") SELECT old_values."benefit", old_values."call_at", old_values."kind", old_values."note", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."purpose", old_values."result", old_values."slot1_at", old_values."slot2_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="e267ba4f0ec7bdeeb2fba7d176ce2ef3f9420f69",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_48c95",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_appointment",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="conductreport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_conductreportevent" ("disposition", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") SELECT old_values."disposition", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."disposition" IS DISTINCT FROM (new_values."disposition") OR old_values."state" IS DISTINCT FROM (new_values."state")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="f655116d933704639c7aa4ba5da2e5ee5401b8d2",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_9bb24",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_conductreport",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="conductreport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_conductreportevent" ("disposition", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state") SELECT old_values."disposition", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="eb0593a7cf1770bfb589a0f7f8ff7967eaa418f3",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4c1a5",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_conductreport",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="escalationrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_escalationrequestevent" ("allowed", "decided_by_id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "valid_until") SELECT old_values."allowed", old_values."decided_by_id", old_values."level", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."state", old_values."valid_until" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."allowed" IS DISTINCT FROM (new_values."allowed") OR old_values."decided_by_id" IS DISTINCT FROM (new_values."decided_by_id") OR old_values."level" IS DISTINCT FROM (new_values."level") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."valid_until" IS DISTINCT FROM (new_values."valid_until")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="6458fc8d34d21607359e335f76539c5f200552ee",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_93dfc",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_escalationrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="escalationrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_escalationrequestevent" ("allowed", "decided_by_id", "level", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "valid_until") SELECT old_values."allowed", old_values."decided_by_id", old_values."level", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."state", old_values."valid_until" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="0231eb5f4649918392eef8a35f7cff9b5ed0f897",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_5c92b",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_escalationrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="giftrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_giftrequestevent" ("callback", "decided_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "signed_by", "state") SELECT old_values."callback", old_values."decided_by_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."quantity", old_values."signed_by", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."callback" IS DISTINCT FROM (new_values."callback") OR old_values."decided_by_id" IS DISTINCT FROM (new_values."decided_by_id") OR old_values."quantity" IS DISTINCT FROM (new_values."quantity") OR old_values."signed_by" IS DISTINCT FROM (new_values."signed_by") OR old_values."state" IS DISTINCT FROM (new_values."state")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="769ab07f6a1e0a1335ba661d807e2bc61987fefe",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0f04d",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_giftrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="giftrequest",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_giftrequestevent" ("callback", "decided_by_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quantity", "signed_by", "state") SELECT old_values."callback", old_values."decided_by_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."quantity", old_values."signed_by", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="be2f8a6c035ae2d547920e48992e9ed2d34a9fb2",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a3893",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_giftrequest",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="onsiteevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_onsiteeventevent" ("ends_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "starts_at", "state", "warmup_done_at") SELECT old_values."ends_at", old_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."place", old_values."starts_at", old_values."state", old_values."warmup_done_at" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."ends_at" IS DISTINCT FROM (new_values."ends_at") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."place" IS DISTINCT FROM (new_values."place") OR old_values."starts_at" IS DISTINCT FROM (new_values."starts_at") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."warmup_done_at" IS DISTINCT FROM (new_values."warmup_done_at")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="22dc1ce9b310bcc49148f91eea416477981b15e9",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_85738",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_onsiteevent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="onsiteevent",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_onsiteeventevent" ("ends_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "starts_at", "state", "warmup_done_at") SELECT old_values."ends_at", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."place", old_values."starts_at", old_values."state", old_values."warmup_done_at" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="c0599e791a16c4d1a7d7bb310ffa199f307a8f25",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_de40f",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_onsiteevent",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="giftmove",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="34c34706af32f07201e4bef16ae13bcc81938b95",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ff786",
                            table="visits_giftmove",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="opinionform",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_opinionformevent" ("answer", "asked_unit_id", "feedback", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "text") SELECT old_values."answer", old_values."asked_unit_id", old_values."feedback", old_values."kind", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."state", old_values."text" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."answer" IS DISTINCT FROM (new_values."answer") OR old_values."asked_unit_id" IS DISTINCT FROM (new_values."asked_unit_id") OR old_values."feedback" IS DISTINCT FROM (new_values."feedback") OR old_values."kind" IS DISTINCT FROM (new_values."kind") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."text" IS DISTINCT FROM (new_values."text")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="a76d065e475482619f5bfc0978ae7d0dab734659",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_0ad7c",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_opinionform",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="opinionform",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_opinionformevent" ("answer", "asked_unit_id", "feedback", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "state", "text") SELECT old_values."answer", old_values."asked_unit_id", old_values."feedback", old_values."kind", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."state", old_values."text" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="ce441b583d0071362eebaed3a674377e482b76ce",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_54b68",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_opinionform",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="spotdraw",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ec5d54a2a26263295226f8da6640aa3daced6114",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_17885",
                            table="visits_spotdraw",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="spotsample",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="19030a0f584372fb5aeb443b73d4580d28995b94",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_26100",
                            table="visits_spotsample",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="spotcheck",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="50887243e5bebe79a58aa327b6152c08f631eb88",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_61c96",
                            table="visits_spotcheck",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="visit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_visitevent" ("contact_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_at", "purposes", "state") SELECT old_values."contact_id", old_values."owner_id", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."place", old_values."planned_at", old_values."purposes", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."contact_id" IS DISTINCT FROM (new_values."contact_id") OR old_values."owner_id" IS DISTINCT FROM (new_values."owner_id") OR old_values."place" IS DISTINCT FROM (new_values."place") OR old_values."planned_at" IS DISTINCT FROM (new_values."planned_at") OR old_values."purposes" IS DISTINCT FROM (new_values."purposes") OR old_values."state" IS DISTINCT FROM (new_values."state")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="51276e9ebab9e087b82f27d8325aa6fb6e9703ed",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_41cf1",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_visit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="visit",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_visitevent" ("contact_id", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "planned_at", "purposes", "state") SELECT old_values."contact_id", old_values."owner_id", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."place", old_values."planned_at", old_values."purposes", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="7939a454cb40ef03967d5acc6691d74a082e1281",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a3dfb",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_visit",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="visitlog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="approved_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.\"state\" = 'APPROVED')",
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a853f251090eff2a6124d725be026df47e06f0f4",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_approved_is_final_79810",
                            table="visits_visitlog",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="visitlog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_visitlogevent" ("demands", "lessons", "next_due_on", "next_step", "opinion_asked", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "results", "return_reason", "state") SELECT old_values."demands", old_values."lessons", old_values."next_due_on", old_values."next_step", old_values."opinion_asked", _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."results", old_values."return_reason", old_values."state" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."demands" IS DISTINCT FROM (new_values."demands") OR old_values."lessons" IS DISTINCT FROM (new_values."lessons") OR old_values."next_due_on" IS DISTINCT FROM (new_values."next_due_on") OR old_values."next_step" IS DISTINCT FROM (new_values."next_step") OR old_values."opinion_asked" IS DISTINCT FROM (new_values."opinion_asked") OR old_values."results" IS DISTINCT FROM (new_values."results") OR old_values."return_reason" IS DISTINCT FROM (new_values."return_reason") OR old_values."state" IS DISTINCT FROM (new_values."state")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="b8e05a179238db8ae9fa285572a16dc1c53ddc42",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_fc300",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_visitlog",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="visitlog",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_visitlogevent" ("demands", "lessons", "next_due_on", "next_step", "opinion_asked", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "results", "return_reason", "state") SELECT old_values."demands", old_values."lessons", old_values."next_due_on", old_values."next_step", old_values."opinion_asked", _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."results", old_values."return_reason", old_values."state" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="3ec524d10ee501738f7a25c8c6820ee3a11061f6",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c4006",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_visitlog",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="logreturn",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="78389e73637c69a8ac36520764229804ad822152",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f766c",
                            table="visits_logreturn",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="weekbook",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8dd5bc5cc7ebddbff3c13bd18dc95c9e4dd4b4e7",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a0766",
                            table="visits_weekbook",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="weekfiling",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="3b67d422787b816cadd01931c516f449d920013d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ced6c",
                            table="visits_weekfiling",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="weekinspection",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="96f5eca9a083da38c5b596247094b46adc20d21a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_61f0a",
                            table="visits_weekinspection",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="weeklyreport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="week_approved_is_final",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."state" IN (\'APPROVED\', \'PRINTED\', \'ARCHIVED\', \'INSPECTED\') AND (OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."iso_year" IS DISTINCT FROM (NEW."iso_year") OR OLD."iso_week" IS DISTINCT FROM (NEW."iso_week") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."plan" IS DISTINCT FROM (NEW."plan") OR OLD."auto_stats" IS DISTINCT FROM (NEW."auto_stats") OR OLD."submitted_at" IS DISTINCT FROM (NEW."submitted_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."leader_note" IS DISTINCT FROM (NEW."leader_note")))',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                            hash="b2901f738da11735e632fab85dbc26777c912c53",
                            operation="UPDATE",
                            pgid="pgtrigger_week_approved_is_final_c2b9a",
                            table="visits_weeklyreport",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="weeklyreport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="week_submitted_stays",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NOT (OLD.\"state\" = 'DRAFT'))",
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="ecb6c60bec63c0e2b4854a74388490302427474a",
                            operation="DELETE",
                            pgid="pgtrigger_week_submitted_stays_f7380",
                            table="visits_weeklyreport",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="weeklyreport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_weeklyreportevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "return_reason", "state", "summary") SELECT _pgh_attached_context.value, NOW(), \'update\', old_values."id", old_values."plan", old_values."return_reason", old_values."state", old_values."summary" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."plan" IS DISTINCT FROM (new_values."plan") OR old_values."return_reason" IS DISTINCT FROM (new_values."return_reason") OR old_values."state" IS DISTINCT FROM (new_values."state") OR old_values."summary" IS DISTINCT FROM (new_values."summary")) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="ba5012de0ed2ad2e5d7035c38a261e6e5170b4dc",
                            level="STATEMENT",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_73fd1",
                            referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                            table="visits_weeklyreport",
                            when="AFTER",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="weeklyreport",
                    trigger=pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "visits_weeklyreportevent" ("pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan", "return_reason", "state", "summary") SELECT _pgh_attached_context.value, NOW(), \'delete\', old_values."id", old_values."plan", old_values."return_reason", old_values."state", old_values."summary" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                            hash="8d58704f295a1d8db718618a04498f11d8a58a88",
                            level="STATEMENT",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_37049",
                            referencing="REFERENCING OLD TABLE AS old_values ",
                            table="visits_weeklyreport",
                            when="AFTER",
                        ),
                    ),
                ),
            ],
        ),
    ]
