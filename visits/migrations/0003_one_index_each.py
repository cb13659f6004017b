"""Drop indexes of foreign keys whose column begins another index.

By name: AlterField would take every index over that column alone, unique ones with a condition too.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DROP = """
DROP INDEX "visits_appointment_client_id_61cf3bbd";
DROP INDEX "visits_appointment_contact_id_02644cbf";
DROP INDEX "visits_appointment_org_unit_id_4924ae95";
DROP INDEX "visits_appointment_owner_id_33174d45";
DROP INDEX "visits_attendance_meeting_id_f5873d51";
DROP INDEX "visits_dailytask_org_unit_id_a75fd6f5";
DROP INDEX "visits_escalationrequest_client_id_7d15a885";
DROP INDEX "visits_eventattendee_event_id_1a232292";
DROP INDEX "visits_eventgift_event_id_8d525a4d";
DROP INDEX "visits_eventphoto_event_id_6af3bcf5";
DROP INDEX "visits_eventproduct_event_id_18d17951";
DROP INDEX "visits_giftrequest_client_id_4ce53f2f";
DROP INDEX "visits_giftrequest_org_unit_id_bab29620";
DROP INDEX "visits_giftrequest_owner_id_3b34d0d7";
DROP INDEX "visits_giftstock_gift_id_dc319d71";
DROP INDEX "visits_logreturn_log_id_edc6d3e9";
DROP INDEX "visits_meeting_org_unit_id_02eb3684";
DROP INDEX "visits_missedcall_org_unit_id_d24d4151";
DROP INDEX "visits_missedcall_owner_id_c2849bc2";
DROP INDEX "visits_onsiteevent_client_id_541a4e99";
DROP INDEX "visits_onsiteevent_org_unit_id_f2779f01";
DROP INDEX "visits_onsiteevent_owner_id_5ac8817f";
DROP INDEX "visits_opinionform_client_id_4a7d135a";
DROP INDEX "visits_opinionform_owner_id_98d6b639";
DROP INDEX "visits_presence_visit_id_f5dd9e53";
DROP INDEX "visits_qualitymonth_user_id_e646d1f5";
DROP INDEX "visits_solutionuse_visit_id_e0da1e8e";
DROP INDEX "visits_spotdraw_org_unit_id_8fd75b08";
DROP INDEX "visits_spotsample_draw_id_009de2a6";
DROP INDEX "visits_visit_client_id_28388262";
DROP INDEX "visits_visit_org_unit_id_68105c5a";
DROP INDEX "visits_visit_owner_id_4ca8189e";
DROP INDEX "visits_visitphoto_visit_id_35d40800";
DROP INDEX "visits_weeklyreport_org_unit_id_c82382e2";
DROP INDEX "visits_weeklyreport_owner_id_943744ff";
"""
CREATE = """
CREATE INDEX "visits_appointment_client_id_61cf3bbd" ON visits_appointment (client_id);
CREATE INDEX "visits_appointment_contact_id_02644cbf" ON visits_appointment (contact_id);
CREATE INDEX "visits_appointment_org_unit_id_4924ae95" ON visits_appointment (org_unit_id);
CREATE INDEX "visits_appointment_owner_id_33174d45" ON visits_appointment (owner_id);
CREATE INDEX "visits_attendance_meeting_id_f5873d51" ON visits_attendance (meeting_id);
CREATE INDEX "visits_dailytask_org_unit_id_a75fd6f5" ON visits_dailytask (org_unit_id);
CREATE INDEX "visits_escalationrequest_client_id_7d15a885" ON visits_escalationrequest (client_id);
CREATE INDEX "visits_eventattendee_event_id_1a232292" ON visits_eventattendee (event_id);
CREATE INDEX "visits_eventgift_event_id_8d525a4d" ON visits_eventgift (event_id);
CREATE INDEX "visits_eventphoto_event_id_6af3bcf5" ON visits_eventphoto (event_id);
CREATE INDEX "visits_eventproduct_event_id_18d17951" ON visits_eventproduct (event_id);
CREATE INDEX "visits_giftrequest_client_id_4ce53f2f" ON visits_giftrequest (client_id);
CREATE INDEX "visits_giftrequest_org_unit_id_bab29620" ON visits_giftrequest (org_unit_id);
CREATE INDEX "visits_giftrequest_owner_id_3b34d0d7" ON visits_giftrequest (owner_id);
CREATE INDEX "visits_giftstock_gift_id_dc319d71" ON visits_giftstock (gift_id);
CREATE INDEX "visits_logreturn_log_id_edc6d3e9" ON visits_logreturn (log_id);
CREATE INDEX "visits_meeting_org_unit_id_02eb3684" ON visits_meeting (org_unit_id);
CREATE INDEX "visits_missedcall_org_unit_id_d24d4151" ON visits_missedcall (org_unit_id);
CREATE INDEX "visits_missedcall_owner_id_c2849bc2" ON visits_missedcall (owner_id);
CREATE INDEX "visits_onsiteevent_client_id_541a4e99" ON visits_onsiteevent (client_id);
CREATE INDEX "visits_onsiteevent_org_unit_id_f2779f01" ON visits_onsiteevent (org_unit_id);
CREATE INDEX "visits_onsiteevent_owner_id_5ac8817f" ON visits_onsiteevent (owner_id);
CREATE INDEX "visits_opinionform_client_id_4a7d135a" ON visits_opinionform (client_id);
CREATE INDEX "visits_opinionform_owner_id_98d6b639" ON visits_opinionform (owner_id);
CREATE INDEX "visits_presence_visit_id_f5dd9e53" ON visits_presence (visit_id);
CREATE INDEX "visits_qualitymonth_user_id_e646d1f5" ON visits_qualitymonth (user_id);
CREATE INDEX "visits_solutionuse_visit_id_e0da1e8e" ON visits_solutionuse (visit_id);
CREATE INDEX "visits_spotdraw_org_unit_id_8fd75b08" ON visits_spotdraw (org_unit_id);
CREATE INDEX "visits_spotsample_draw_id_009de2a6" ON visits_spotsample (draw_id);
CREATE INDEX "visits_visit_client_id_28388262" ON visits_visit (client_id);
CREATE INDEX "visits_visit_org_unit_id_68105c5a" ON visits_visit (org_unit_id);
CREATE INDEX "visits_visit_owner_id_4ca8189e" ON visits_visit (owner_id);
CREATE INDEX "visits_visitphoto_visit_id_35d40800" ON visits_visitphoto (visit_id);
CREATE INDEX "visits_weeklyreport_org_unit_id_c82382e2" ON visits_weeklyreport (org_unit_id);
CREATE INDEX "visits_weeklyreport_owner_id_943744ff" ON visits_weeklyreport (owner_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_one_index_each'),
        ('clients', '0005_one_index_each'),
        ('members', '0002_one_index_each'),
        ('visits', '0002_seed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(DROP, CREATE)],
            state_operations=[
                migrations.AlterField(
                    model_name='appointment',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='appointment',
                    name='contact',
                    field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='members.contact', verbose_name='contact'),
                ),
                migrations.AlterField(
                    model_name='appointment',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='appointment',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager'),
                ),
                migrations.AlterField(
                    model_name='attendance',
                    name='meeting',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attendance', to='visits.meeting'),
                ),
                migrations.AlterField(
                    model_name='dailytask',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit'),
                ),
                migrations.AlterField(
                    model_name='escalationrequest',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='eventattendee',
                    name='event',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='attendees', to='visits.onsiteevent'),
                ),
                migrations.AlterField(
                    model_name='eventgift',
                    name='event',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='gifts', to='visits.onsiteevent'),
                ),
                migrations.AlterField(
                    model_name='eventphoto',
                    name='event',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='visits.onsiteevent'),
                ),
                migrations.AlterField(
                    model_name='eventproduct',
                    name='event',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='products', to='visits.onsiteevent'),
                ),
                migrations.AlterField(
                    model_name='giftrequest',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='giftrequest',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='giftrequest',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager'),
                ),
                migrations.AlterField(
                    model_name='giftstock',
                    name='gift',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='stock', to='visits.gift'),
                ),
                migrations.AlterField(
                    model_name='logreturn',
                    name='log',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='visits.visitlog'),
                ),
                migrations.AlterField(
                    model_name='meeting',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='missedcall',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='missedcall',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager'),
                ),
                migrations.AlterField(
                    model_name='onsiteevent',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='onsiteevent',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='onsiteevent',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager'),
                ),
                migrations.AlterField(
                    model_name='opinionform',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='opinionform',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager'),
                ),
                migrations.AlterField(
                    model_name='presence',
                    name='visit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='presences', to='visits.visit'),
                ),
                migrations.AlterField(
                    model_name='qualitymonth',
                    name='user',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
                ),
                migrations.AlterField(
                    model_name='solutionuse',
                    name='visit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='solutions', to='visits.visit'),
                ),
                migrations.AlterField(
                    model_name='spotdraw',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='spotsample',
                    name='draw',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='samples', to='visits.spotdraw'),
                ),
                migrations.AlterField(
                    model_name='visit',
                    name='client',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.client', verbose_name='client'),
                ),
                migrations.AlterField(
                    model_name='visit',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='visit',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager'),
                ),
                migrations.AlterField(
                    model_name='visitphoto',
                    name='visit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='visits.visit'),
                ),
                migrations.AlterField(
                    model_name='weeklyreport',
                    name='org_unit',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.orgunit', verbose_name='unit'),
                ),
                migrations.AlterField(
                    model_name='weeklyreport',
                    name='owner',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account manager'),
                ),
            ],
        ),
    ]
