import datetime

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import crm.base.migrating


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("clients", "0001_initial"),
        ("intake", "0001_initial"),
        ("members", "0001_initial"),
    ]

    operations = [
        crm.base.migrating.AtOnce(
            operations=[
                migrations.CreateModel(
                    name="ClientFacts",
                    fields=[
                        (
                            "client",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="facts",
                                serialize=False,
                                to="clients.client",
                            ),
                        ),
                        ("as_of", models.DateField()),
                        ("revenue_12m_fen", models.BigIntegerField(default=0)),
                        ("revenue_months", models.PositiveSmallIntegerField(default=0)),
                        ("revenue_prev_12m_fen", models.BigIntegerField(default=0)),
                        ("mobiles", models.PositiveIntegerField(default=0)),
                        ("mobiles_own", models.PositiveIntegerField(default=0)),
                        ("ict_demand_score", models.PositiveSmallIntegerField(default=0)),
                        ("influence_level", models.PositiveSmallIntegerField(default=0)),
                        ("social_weight", models.PositiveSmallIntegerField(default=0)),
                        ("is_benchmark", models.BooleanField(default=False)),
                        ("cv1", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("cv2", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("cv3", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("pv1", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("pv2", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("pv3", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("sv1", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("sv2", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("cv", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("pv", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("sv", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("total", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        ("strategic", models.DecimalField(decimal_places=2, default=0, max_digits=6)),
                        (
                            "run",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="scoring.tierrun",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="FlagRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(unique=True, verbose_name="month")),
                        ("changed", models.PositiveIntegerField(default=0)),
                        ("finished_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["-month"],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerProof",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("business_date", models.DateField(unique=True)),
                        ("accounts", models.PositiveBigIntegerField(default=0)),
                        ("entries_sum", models.BigIntegerField(default=0)),
                        ("lots_sum", models.BigIntegerField(default=0)),
                        ("sums_sum", models.BigIntegerField(default=0)),
                        ("differing", models.JSONField(default=list)),
                        ("differing_count", models.PositiveIntegerField(default=0)),
                        ("seals", models.PositiveIntegerField(default=0)),
                        ("seals_checked", models.PositiveIntegerField(default=0)),
                        ("broken", models.JSONField(default=list)),
                        ("proved_at", models.DateTimeField()),
                    ],
                    options={
                        "ordering": ["-business_date"],
                    },
                ),
                migrations.CreateModel(
                    name="LotSum",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("lot_year", models.PositiveSmallIntegerField(verbose_name="year")),
                        ("expires_on", models.DateField(verbose_name="expires")),
                        ("points", models.BigIntegerField()),
                        ("customers", models.PositiveBigIntegerField()),
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
                        "ordering": ["lot_year", "expires_on"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("org_unit", "lot_year", "expires_on"), name="lot_sum_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MarkChange",
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
                                    ("STAR", "star"),
                                    ("LABEL", "label"),
                                    ("MIDHIGH", "mid-high end"),
                                    ("VIP", "VIP grade"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("old", models.CharField(blank=True, max_length=12)),
                        ("new", models.CharField(blank=True, max_length=12)),
                        ("rule", models.CharField(blank=True, max_length=8)),
                        ("changed_on", models.DateField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mark_changes",
                                to="members.personalcustomer",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["customer", "-id"], name="mark_change_customer"),
                            models.Index(fields=["changed_on", "id"], name="mark_change_day"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="OneTimeCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("digest", models.CharField(max_length=128)),
                        ("expires_at", models.DateTimeField()),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("used_at", models.DateTimeField(null=True)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="members.personalcustomer",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["customer", "-id"], name="code_of_customer")],
                    },
                ),
                migrations.CreateModel(
                    name="PointAccount",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "customer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="account",
                                to="members.personalcustomer",
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="PointEntry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("lot_year", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("EARN_CONSUMPTION", "Consumption points"),
                                    ("EARN_REWARD", "Reward points"),
                                    ("DEDUCT_REDEEM", "Redeemed"),
                                    ("DEDUCT_POLICY", "Deducted by policy"),
                                    ("DEDUCT_ADJUST", "Deducted by adjustment"),
                                    ("EXPIRE", "Expired"),
                                    ("REVERSAL", "Reversed"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("points", models.BigIntegerField()),
                        ("business_date", models.DateField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("movement", models.UUIDField()),
                        ("ref", models.CharField(max_length=100)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="scoring.pointaccount",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(fields=["account", "-id"], name="entry_account")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("account", "lot_year", "kind", "ref"), name="entry_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind__in", ["EARN_CONSUMPTION", "EARN_REWARD"]), ("points__gte", 0)
                                    ),
                                    models.Q(
                                        (
                                            "kind__in",
                                            ["DEDUCT_REDEEM", "DEDUCT_POLICY", "DEDUCT_ADJUST", "EXPIRE"],
                                        ),
                                        ("points__lt", 0),
                                    ),
                                    models.Q(("kind", "REVERSAL"), ("points__gt", 0)),
                                    _connector="OR",
                                ),
                                name="entry_sign_fits_kind",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PointLot",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("lot_year", models.PositiveSmallIntegerField(verbose_name="year")),
                        ("earned_consumption", models.PositiveBigIntegerField(default=0)),
                        ("earned_reward", models.PositiveBigIntegerField(default=0)),
                        ("deducted", models.PositiveBigIntegerField(default=0)),
                        ("expired", models.PositiveBigIntegerField(default=0)),
                        ("refunded", models.PositiveBigIntegerField(default=0)),
                        (
                            "remaining",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("earned_consumption"), "+", models.F("earned_reward")
                                        ),
                                        "-",
                                        models.F("deducted"),
                                    ),
                                    "-",
                                    models.F("expired"),
                                ),
                                output_field=models.BigIntegerField(),
                            ),
                        ),
                        ("expires_on", models.DateField()),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lots",
                                to="scoring.pointaccount",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["lot_year"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("remaining__gt", 0)),
                                fields=["expires_on"],
                                name="lot_to_expire",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "lot_year"), name="lot_once_a_year"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "deducted__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("earned_consumption"), "+", models.F("earned_reward")
                                            ),
                                            "-",
                                            models.F("expired"),
                                        ),
                                    )
                                ),
                                name="lot_not_negative",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("refunded__lte", models.F("earned_consumption"))),
                                name="lot_refunds_within_earnings",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PointMovement",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("EARN_CONSUMPTION", "Consumption points"),
                                    ("EARN_REWARD", "Reward points"),
                                    ("DEDUCT_REDEEM", "Redeemed"),
                                    ("DEDUCT_POLICY", "Deducted by policy"),
                                    ("DEDUCT_ADJUST", "Deducted by adjustment"),
                                    ("EXPIRE", "Expired"),
                                    ("REVERSAL", "Reversed"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("key", models.CharField(max_length=100)),
                        ("points", models.BigIntegerField()),
                        ("uncollected", models.PositiveBigIntegerField(default=0)),
                        ("business_date", models.DateField()),
                        ("recorded_at", models.DateTimeField(auto_now_add=True)),
                        ("reason", models.CharField(blank=True, max_length=200)),
                        ("beneficiary", models.CharField(blank=True, max_length=11)),
                        (
                            "account",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="movements",
                                to="scoring.pointaccount",
                            ),
                        ),
                        (
                            "approver",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "operator",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="scoring.pointmovement",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-recorded_at"],
                        "constraints": [
                            models.UniqueConstraint(fields=("account", "key"), name="movement_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approver", None),
                                    models.Q(("approver", models.F("operator")), _negated=True),
                                    _connector="OR",
                                ),
                                name="movement_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PointProposal",
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
                                    ("EARN_REWARD", "Give reward points"),
                                    ("DEDUCT_POLICY", "Deduct by policy"),
                                    ("DEDUCT_ADJUST", "Deduct as an adjustment"),
                                ],
                                max_length=16,
                                verbose_name="kind",
                            ),
                        ),
                        ("points", models.PositiveBigIntegerField(verbose_name="points")),
                        (
                            "reward_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("TENURE", "Time in the network"),
                                    ("VAS", "Use of value-added services"),
                                    ("SUGGESTION", "Suggestion"),
                                    ("SURVEY", "Survey"),
                                    ("GIFT_VIP", "Gift to an important customer"),
                                    ("OTHER", "Other reason"),
                                ],
                                max_length=10,
                                verbose_name="reason",
                            ),
                        ),
                        ("remark", models.CharField(max_length=180, verbose_name="remark")),
                        ("proposed_at", models.DateTimeField(auto_now_add=True)),
                        ("endorsed_at", models.DateTimeField(null=True)),
                        ("decided_at", models.DateTimeField(null=True)),
                        (
                            "batch",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="intake.importbatch",
                            ),
                        ),
                        (
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="members.personalcustomer",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "endorsed_by",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "movement",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proposal",
                                to="scoring.pointmovement",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "takes_back",
                            models.ForeignKey(
                                db_index=False,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="take_backs",
                                to="scoring.pointmovement",
                            ),
                        ),
                        (
                            "budget",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proposals",
                                to="scoring.rewardbudget",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("decided_at", None)),
                                fields=["customer"],
                                name="proposal_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("batch__isnull", False)),
                                fields=["batch", "id"],
                                name="proposal_batch",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("points__gt", 0)), name="proposal_of_something"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    ("movement", None),
                                    _connector="OR",
                                ),
                                name="proposal_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("endorsed_by", None),
                                    models.Q(
                                        models.Q(("endorsed_by", models.F("proposed_by")), _negated=True),
                                        models.Q(
                                            ("decided_by", None),
                                            models.Q(("decided_by", models.F("endorsed_by")), _negated=True),
                                            ("movement", None),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="proposal_three_people",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("decided_at", None), ("movement__isnull", False), _connector="OR"
                                ),
                                fields=("takes_back",),
                                name="proposal_takes_back_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PointSum",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("EARN_CONSUMPTION", "Consumption points"),
                                    ("EARN_REWARD", "Reward points"),
                                    ("DEDUCT_REDEEM", "Redeemed"),
                                    ("DEDUCT_POLICY", "Deducted by policy"),
                                    ("DEDUCT_ADJUST", "Deducted by adjustment"),
                                    ("EXPIRE", "Expired"),
                                    ("REVERSAL", "Reversed"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("points", models.BigIntegerField()),
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
                        "ordering": ["month"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("org_unit", "month", "kind"), name="point_sum_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReachMonth",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("as_of", models.DateField()),
                        (
                            "zero_rule",
                            models.CharField(
                                choices=[("AND", "Together"), ("OR", "Each alone")], max_length=3
                            ),
                        ),
                        ("clients", models.PositiveIntegerField()),
                        ("counted", models.PositiveIntegerField()),
                        ("closed_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-month", "province"],
                        "constraints": [
                            models.UniqueConstraint(fields=("month", "province"), name="reach_month_once"),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="reach_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReachRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        (
                            "client_code",
                            models.CharField(db_collation="C", max_length=12, verbose_name="client code"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("POTENTIAL", "Potential"),
                                    ("ONLINE", "On network"),
                                    ("ACTIVE", "In use"),
                                    ("SILENT", "Silent"),
                                    ("CHURNED", "Churned"),
                                    ("CLOSED", "Closed"),
                                ],
                                max_length=9,
                                verbose_name="status",
                            ),
                        ),
                        (
                            "institution_type",
                            models.CharField(
                                choices=[
                                    ("JG", "Government organ"),
                                    ("QY", "Enterprise"),
                                    ("SY", "Public institution"),
                                    ("ST", "Social organisation"),
                                    ("QT", "Other legal person"),
                                    ("GT", "Individual business"),
                                    ("JL", "Cluster"),
                                ],
                                max_length=2,
                                verbose_name="institution type",
                            ),
                        ),
                        ("members", models.PositiveIntegerField(verbose_name="active members")),
                        ("revenue_fen", models.BigIntegerField(verbose_name="revenue")),
                        (
                            "reasons",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("POTENTIAL_OR_AGREEMENT_ONLY", "Potential or agreement only"),
                                        ("ZERO_MEMBER_ZERO_REVENUE", "No members, no revenue"),
                                        ("INDIVIDUAL", "Individual business"),
                                        ("CLUSTER", "Cluster"),
                                        ("CHURNED", "Churned"),
                                        ("CLOSED", "Code cancelled"),
                                    ],
                                    max_length=28,
                                ),
                                default=list,
                                size=None,
                            ),
                        ),
                        ("counted", models.BooleanField()),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "org_unit",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["client_code"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("counted", False)),
                                fields=["month", "client_code"],
                                name="reach_excluded",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("month", "client"), name="reach_row_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReachTotal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("clients", models.PositiveIntegerField()),
                        ("counted", models.PositiveIntegerField()),
                        ("by_reason", models.JSONField(default=dict)),
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
                        "ordering": ["-month", "org_unit"],
                        "constraints": [
                            models.UniqueConstraint(fields=("month", "org_unit"), name="reach_total_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ResourceCost",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        (
                            "driver",
                            models.CharField(
                                choices=[
                                    ("DATA", "Data"),
                                    ("VOICE", "Voice"),
                                    ("BANDWIDTH", "Leased bandwidth"),
                                ],
                                max_length=9,
                                verbose_name="resource",
                            ),
                        ),
                        ("cost_fen", models.BigIntegerField(verbose_name="cost")),
                        ("entered_at", models.DateTimeField(auto_now=True)),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-month", "driver"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "month", "driver"), name="resource_cost_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("cost_fen__gte", 0)), name="resource_cost_not_negative"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="resource_cost_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RewardBudget",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                        (
                            "quarter",
                            models.PositiveSmallIntegerField(
                                choices=[
                                    (0, "whole year"),
                                    (1, "1st quarter"),
                                    (2, "2nd quarter"),
                                    (3, "3rd quarter"),
                                    (4, "4th quarter"),
                                ],
                                default=0,
                                verbose_name="period",
                            ),
                        ),
                        ("points", models.PositiveBigIntegerField(verbose_name="points")),
                        ("reserved", models.PositiveBigIntegerField(default=0)),
                        ("spent", models.PositiveBigIntegerField(default=0)),
                        ("set_at", models.DateTimeField(auto_now=True)),
                        (
                            "set_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                                verbose_name="unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "reward budget",
                        "ordering": ["-year", "quarter", "unit__path"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("unit", "year", "quarter"), name="budget_once_a_period"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "points__gte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("reserved"), "+", models.F("spent")
                                        ),
                                    )
                                ),
                                name="budget_not_overspent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("quarter__lte", 4)), name="budget_of_a_quarter"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentMonth",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("as_of", models.DateField()),
                        ("costs", models.JSONField(default=dict)),
                        ("excluded", models.JSONField(default=list)),
                        ("closed_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-month", "province"],
                        "constraints": [
                            models.UniqueConstraint(fields=("month", "province"), name="segment_month_once"),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="segment_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SegmentPnL",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        (
                            "segment",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("KEY", "Key account"),
                                    ("BUSINESS", "Business client"),
                                    ("PUBLIC", "Public client"),
                                ],
                                max_length=8,
                                verbose_name="segment",
                            ),
                        ),
                        ("clients", models.PositiveIntegerField()),
                        ("revenue_fen", models.BigIntegerField()),
                        ("excluded_fen", models.BigIntegerField()),
                        ("cost_fen", models.BigIntegerField()),
                        ("shared_fen", models.BigIntegerField()),
                        ("data", models.BigIntegerField()),
                        ("voice", models.BigIntegerField()),
                        ("bandwidth", models.BigIntegerField()),
                        (
                            "ebit_fen",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("revenue_fen"), "-", models.F("cost_fen")
                                    ),
                                    "-",
                                    models.F("shared_fen"),
                                ),
                                output_field=models.BigIntegerField(),
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
                        "ordering": ["-month", "org_unit", "segment"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("month", "org_unit", "segment"), name="segment_pnl_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="segment_pnl_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StarModelVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=40, unique=True, verbose_name="version")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft version"),
                                    ("REVIEWED", "Reviewed"),
                                    ("PUBLISHED", "Published"),
                                    ("SUPERSEDED", "Superseded"),
                                ],
                                default="DRAFT",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("numbers", models.JSONField(verbose_name="thresholds")),
                        ("effective_from", models.DateField(null=True, verbose_name="in force from")),
                        ("proposed_at", models.DateTimeField(auto_now_add=True)),
                        ("published_at", models.DateTimeField(null=True)),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "star model version",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("published_at", None), _negated=True),
                                fields=("effective_from",),
                                name="star_one_published_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("published_by", None),
                                    models.Q(("published_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="star_model_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StarRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("month", models.DateField(verbose_name="month")),
                        ("customers", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("spend6_fen", models.JSONField(default=dict)),
                        ("changed", models.PositiveIntegerField(default=0)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="scoring.starmodelversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-month", "-id"],
                        "constraints": [
                            models.UniqueConstraint(fields=("version", "month"), name="star_run_once"),
                            models.CheckConstraint(
                                condition=models.Q(("month__day", 1)), name="star_run_month_is_first_day"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierModelVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.CharField(max_length=40, unique=True, verbose_name="version")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("DRAFT", "Draft version"),
                                    ("REVIEWED", "Reviewed"),
                                    ("PUBLISHED", "Published"),
                                    ("SUPERSEDED", "Superseded"),
                                ],
                                default="DRAFT",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("numbers", models.JSONField(verbose_name="weights, caps and shares")),
                        ("effective_from", models.DateField(null=True, verbose_name="in force from")),
                        ("published_at", models.DateTimeField(null=True)),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                        (
                            "published_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "model version",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "PUBLISHED")),
                                fields=("province", "effective_from"),
                                name="model_one_published_a_day",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("published_by", None),
                                    models.Q(("published_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="model_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierOverride",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "tier",
                            models.CharField(
                                choices=[
                                    ("A1", "High-value client"),
                                    ("A2", "Strategic client"),
                                    ("B1", "Demonstration client"),
                                    ("B2", "Potential-value client"),
                                    ("C", "Ordinary client"),
                                ],
                                max_length=2,
                                verbose_name="value tier",
                            ),
                        ),
                        ("reason", models.CharField(max_length=300, verbose_name="reason")),
                        ("evidence", models.CharField(max_length=200, verbose_name="evidence")),
                        ("starts_on", models.DateField(verbose_name="from")),
                        ("ends_on", models.DateField(verbose_name="until")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("PROPOSED", "Waiting for approval"),
                                    ("APPROVED", "Approved"),
                                    ("DECLINED", "Declined"),
                                    ("WITHDRAWN", "Taken back"),
                                    ("ENDED", "Ended"),
                                ],
                                default="PROPOSED",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(auto_now_add=True)),
                        ("decided_at", models.DateTimeField(null=True)),
                        ("remark", models.CharField(blank=True, max_length=200, verbose_name="remark")),
                        (
                            "client",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="tier_overrides",
                                to="clients.client",
                                verbose_name="client",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "paper",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to="clients.attachment",
                                verbose_name="paper",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "tier by decision",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "APPROVED")),
                                fields=["ends_on"],
                                name="override_ending",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "PROPOSED")),
                                fields=("client",),
                                name="override_one_waiting",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "APPROVED")),
                                fields=("client",),
                                name="override_one_approved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tier", "D"), _negated=True), name="override_never_d"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="override_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "ends_on__lte",
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("starts_on"),
                                            "+",
                                            models.Value(datetime.timedelta(days=366)),
                                        ),
                                    )
                                ),
                                name="override_twelve_months_at_most",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "APPROVED"), _negated=True),
                                    models.Q(
                                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                        ("decided_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="override_two_people",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TierRun",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("business_date", models.DateField()),
                        ("official", models.BooleanField(default=False)),
                        ("universe", models.PositiveIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("limits", models.JSONField(default=dict)),
                        ("spread", models.JSONField(default=list)),
                        ("changed", models.PositiveIntegerField(default=0)),
                        ("finished_at", models.DateTimeField(null=True)),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="scoring.tiermodelversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-business_date", "-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("province", "business_date"), name="tier_run_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WhatIf",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("numbers", models.JSONField()),
                        ("asked_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("QUEUED", "Waiting"),
                                    ("RUNNING", "Running"),
                                    ("DONE", "Done"),
                                    ("FAILED", "Failed"),
                                ],
                                default="QUEUED",
                                max_length=8,
                            ),
                        ),
                        ("progress", models.PositiveSmallIntegerField(default=0)),
                        ("universe", models.PositiveIntegerField(default=0)),
                        ("moved", models.PositiveIntegerField(default=0)),
                        ("matrix", models.JSONField(default=dict)),
                        ("limits", models.JSONField(default=dict)),
                        ("spread_now", models.JSONField(default=list)),
                        ("spread_then", models.JSONField(default=list)),
                        ("milliseconds", models.PositiveIntegerField(default=0)),
                        ("error", models.CharField(blank=True, max_length=300)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "province",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="whatifs",
                                to="scoring.tiermodelversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="WhatIfMove",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("old", models.CharField(blank=True, max_length=2)),
                        ("new", models.CharField(blank=True, max_length=2)),
                        ("total_now", models.DecimalField(decimal_places=2, max_digits=6)),
                        ("total_then", models.DecimalField(decimal_places=2, max_digits=6)),
                        (
                            "client",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="clients.client",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to="accounts.orgunit",
                            ),
                        ),
                        (
                            "whatif",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="moves",
                                to="scoring.whatif",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["id"],
                        "indexes": [models.Index(fields=["whatif", "id"], name="whatif_moves")],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerMarks",
                    fields=[
                        (
                            "customer",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                primary_key=True,
                                related_name="marks",
                                serialize=False,
                                to="members.personalcustomer",
                            ),
                        ),
                        ("month", models.DateField(null=True)),
                        (
                            "brand",
                            models.CharField(
                                choices=[
                                    ("GOTONE", "GoTone"),
                                    ("SHENZHOUXING", "Easyown"),
                                    ("MZONE", "M-Zone"),
                                    ("WORLDWIND", "World Wind"),
                                    ("NEWERA", "New Era"),
                                    ("OTHER", "Other brand"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("influential", models.BooleanField(default=False)),
                        ("months_in_net", models.IntegerField(default=0)),
                        ("spend6_fen", models.BigIntegerField(default=0)),
                        ("spend3_fen", models.BigIntegerField(default=0)),
                        ("last_fen", models.BigIntegerField(default=0)),
                        ("prev3_fen", models.BigIntegerField(default=0)),
                        ("q4_fen", models.BigIntegerField(default=0)),
                        ("best_fen", models.BigIntegerField(default=0)),
                        ("points_last_year", models.BigIntegerField(default=0)),
                        ("static_year", models.PositiveSmallIntegerField(null=True)),
                        ("dynamic_year", models.PositiveSmallIntegerField(null=True)),
                        ("midhigh", models.BooleanField(default=False)),
                        ("star_rule", models.CharField(blank=True, max_length=8)),
                        ("key_person", models.BooleanField(default=False)),
                        ("contact", models.BooleanField(default=False)),
                        ("member", models.BooleanField(default=False)),
                        (
                            "labels",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("KEY_PERSON", "Key person of a client"),
                                        ("CONTACT", "Contact of a client"),
                                        ("MEMBER", "Member of a client"),
                                        ("STATIC_HV", "Static high value"),
                                        ("DYNAMIC_HV", "Dynamic high value"),
                                        ("CHURN_RISK", "May leave"),
                                        ("INFLUENTIAL", "Person of influence"),
                                    ],
                                    max_length=12,
                                ),
                                default=list,
                                size=None,
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            django.contrib.postgres.indexes.GinIndex(fields=["labels"], name="marks_labels")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ECard",
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
                            "card_no",
                            models.CharField(
                                db_collation="C", max_length=12, unique=True, verbose_name="card number"
                            ),
                        ),
                        (
                            "grade",
                            models.CharField(
                                choices=[
                                    ("DIAMOND", "Diamond card"),
                                    ("GOLD", "Gold card"),
                                    ("SILVER", "Silver card"),
                                    ("NONE", "Not VIP"),
                                ],
                                max_length=7,
                                verbose_name="VIP grade",
                            ),
                        ),
                        ("valid_to", models.DateField(verbose_name="valid to")),
                        ("payload_version", models.PositiveSmallIntegerField(default=1)),
                        ("key_id", models.CharField(db_collation="C", max_length=16, verbose_name="key")),
                        ("nonce", models.CharField(db_collation="C", max_length=24)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("ISSUED", "Issued"),
                                    ("SENT", "Sent"),
                                    ("DELIVERED", "Delivered"),
                                    ("FAILED", "Not delivered"),
                                    ("SUPERSEDED", "Replaced"),
                                    ("EXPIRED", "Card expired"),
                                    ("REVOKED", "Revoked"),
                                ],
                                default="ISSUED",
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                        ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
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
                            "customer",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="ecards",
                                to="members.personalcustomer",
                            ),
                        ),
                        (
                            "follows",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="next",
                                to="scoring.ecard",
                                verbose_name="replaces",
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
                        "verbose_name": "VIP e-card",
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(fields=["customer", "-id"], name="ecard_customer"),
                            models.Index(
                                condition=models.Q(("state__in", ("ISSUED", "SENT", "DELIVERED", "FAILED"))),
                                fields=["valid_to"],
                                name="ecard_to_expire",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("card_no__regex", "^[0-9]{12}$")),
                                name="ecard_twelve_digits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("grade", "NONE"), _negated=True), name="ecard_has_grade"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("valid_to__day", 31), ("valid_to__month", 12)),
                                name="ecard_to_end_of_year",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("ISSUED", "SENT", "DELIVERED", "FAILED"))),
                                fields=("customer",),
                                name="ecard_one_live",
                            ),
                            models.UniqueConstraint(fields=("key_id", "nonce"), name="ecard_nonce_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CardMessage",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[("SMS", "Text message"), ("MMS", "Picture message")],
                                max_length=3,
                                verbose_name="channel",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("WAITING", "Waiting"),
                                    ("SENT", "Sent"),
                                    ("DELIVERED", "Delivered"),
                                    ("FAILED", "Not delivered"),
                                ],
                                default="WAITING",
                                max_length=9,
                                verbose_name="state",
                            ),
                        ),
                        ("event_id", models.UUIDField(unique=True)),
                        ("error", models.CharField(blank=True, max_length=200, verbose_name="error")),
                        ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made")),
                        ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                        (
                            "card",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="messages",
                                to="scoring.ecard",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "WAITING")),
                                fields=["id"],
                                name="card_message_waiting",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="InboundText",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("message_id", models.CharField(db_collation="C", max_length=80, unique=True)),
                        ("msisdn", models.CharField(db_collation="C", max_length=20)),
                        ("text", models.CharField(max_length=200)),
                        (
                            "answer",
                            models.CharField(
                                choices=[
                                    ("ISSUED", "Card sent"),
                                    ("NO_GRADE", "No VIP grade"),
                                    ("IGNORED", "Not understood"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("received_at", models.DateTimeField(auto_now_add=True)),
                        (
                            "card",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scoring.ecard",
                            ),
                        ),
                        (
                            "sent",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="scoring.cardmessage",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-id"],
                    },
                ),
                migrations.CreateModel(
                    name="LedgerSeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("business_date", models.DateField()),
                        ("first_entry", models.BigIntegerField()),
                        ("last_entry", models.BigIntegerField(unique=True)),
                        ("entries", models.PositiveIntegerField()),
                        ("lines", models.CharField(max_length=64)),
                        ("digest", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ["id"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("first_entry__lte", models.F("last_entry"))),
                                name="seal_of_a_stretch",
                            )
                        ],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="pointentry",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="201cc681aafbf651d8370a944b549c8ff7a19321",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_d494c",
                            table="scoring_pointentry",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="pointmovement",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="480951fce67bf049ce75600aa5dad19a4fcb2924",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_deba6",
                            table="scoring_pointmovement",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reachmonth",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6d554e5b0068c31a79f334020ecbcfc4db3b3f7a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a013c",
                            table="scoring_reachmonth",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reachrow",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a3cefa554aad63c95f5f5d3a30e4e5c680ed352d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0a4c8",
                            table="scoring_reachrow",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="reachtotal",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="29cb534d6d370c3a9fadf199e2ee63d31001ef7a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a5d00",
                            table="scoring_reachtotal",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="segmentmonth",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="0e7096a68fc2e2f19ef0f92b42a741e64b85bb08",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_e9840",
                            table="scoring_segmentmonth",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="segmentpnl",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="c15a2a6ff1182e4df49fc596685fba2b01f77fec",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_caaf8",
                            table="scoring_segmentpnl",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tieroverride",
                    trigger=pgtrigger.compiler.Trigger(
                        name="ranked_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\nIF EXISTS (\n    SELECT FROM clients_client WHERE id = NEW.client_id AND institution_type IN ('GT', 'JL')\n) THEN\n    RAISE EXCEPTION 'individual businesses and clusters keep tier D' USING ERRCODE = 'check_violation';\nEND IF;\nRETURN NEW;\n",
                            hash="14677e75bf8ab1dfa233ad426d41449a94ee5678",
                            operation='INSERT OR UPDATE OF "client_id"',
                            pgid="pgtrigger_ranked_only_cc1ba",
                            table="scoring_tieroverride",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="tierrun",
                    trigger=pgtrigger.compiler.Trigger(
                        name="official_is_frozen",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."finished_at" IS NOT NULL AND OLD."official")',
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="3b653baf265032554ed22b5461d82f258f0ae0a2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_official_is_frozen_f7176",
                            table="scoring_tierrun",
                            when="BEFORE",
                        ),
                    ),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name="ledgerseal",
                    trigger=pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9835fc916472b21192d77a474bd688f40984fd1e",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7bab0",
                            table="scoring_ledgerseal",
                            when="BEFORE",
                        ),
                    ),
                ),
            ],
        ),
    ]
