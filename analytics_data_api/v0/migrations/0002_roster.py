import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('v0', '0001_analytics_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='RosterPrefix',
            fields=[
                ('pk', models.CompositePrimaryKey('roster_id', 'prefix', blank=True, editable=False, primary_key=True, serialize=False)),
                ('roster_id', models.BigIntegerField(help_text='Key of the roster.')),
                ('prefix', models.CharField(help_text='Prefix of terms.', max_length=8)),
                ('learners', models.IntegerField(help_text='Number of learners who have a term with this prefix.')),
                ('first', models.JSONField(help_text='First of these learners by username, as places in the roster.')),
            ],
            options={
                'db_table': 'learner_roster_prefix',
            },
        ),
        migrations.CreateModel(
            name='RosterTerm',
            fields=[
                ('pk', models.CompositePrimaryKey('roster_id', 'term', 'learner_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('roster_id', models.BigIntegerField(help_text='Key of the roster.')),
                ('term', models.CharField(help_text='Term in lower case, without accents.', max_length=255)),
                ('learner_id', models.BigIntegerField(help_text='Key of the learner.')),
            ],
            options={
                'db_table': 'learner_roster_term',
            },
        ),
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the roster.', primary_key=True, serialize=False)),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('state', models.CharField(default='loading', help_text='State: loading, current (requests read it), retired (replaced) or deleting.', max_length=16)),
                ('touched', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the load last wrote to the roster, UTC.')),
                ('learners', models.IntegerField(default=0, help_text='Number of learners.')),
                ('averages', models.JSONField(default=dict, help_text='Mean of each metric over the learners who have it.')),
            ],
            options={
                'db_table': 'learner_roster',
                'indexes': [models.Index(fields=['course_id', 'state'], name='learner_roster_key')],
            },
        ),
        migrations.CreateModel(
            name='RosterFacet',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the facet.', primary_key=True, serialize=False)),
                ('cohort', models.CharField(help_text='Cohort; null if the learner has none.', max_length=255, null=True)),
                ('enrollment_mode', models.CharField(help_text='Enrollment mode; null if unknown.', max_length=255, null=True)),
                ('segments', models.JSONField(help_text='Names of the segments, sorted.')),
                ('learners', models.IntegerField(help_text='Number of learners.')),
                ('roster', models.ForeignKey(db_constraint=False, help_text='Key of the roster.', on_delete=django.db.models.deletion.DO_NOTHING, to='v0.roster')),
            ],
            options={
                'db_table': 'learner_roster_facet',
            },
        ),
        migrations.CreateModel(
            name='RosterLearner',
            fields=[
                ('id', models.BigAutoField(help_text="Key of the roster, followed by the place of the learner by username.", primary_key=True, serialize=False)),
                ('created', models.DateTimeField(help_text='When the roster was loaded, UTC.')),
                ('last_updated', models.DateField(help_text="Day when the learner's engagement was computed.")),
                ('username', models.CharField(help_text='Username of the learner.', max_length=255)),
                ('user_id', models.BigIntegerField(help_text='Id of the user in the LMS.', null=True)),
                ('name', models.CharField(help_text='Full name of the learner.', max_length=255, null=True)),
                ('email', models.CharField(help_text='Email address of the learner.', max_length=255, null=True)),
                ('language', models.CharField(help_text='Language of the learner.', max_length=255, null=True)),
                ('location', models.CharField(help_text='Location that the learner entered.', max_length=255, null=True)),
                ('year_of_birth', models.IntegerField(help_text='Year of birth of the learner.', null=True)),
                ('level_of_education', models.CharField(help_text='Level of education of the learner.', max_length=255, null=True)),
                ('gender', models.CharField(help_text='Gender of the learner.', max_length=255, null=True)),
                ('mailing_address', models.TextField(help_text='Mailing address of the learner.', null=True)),
                ('city', models.CharField(help_text='City of the learner.', max_length=255, null=True)),
                ('country', models.CharField(help_text='Country of the learner.', max_length=255, null=True)),
                ('goals', models.TextField(help_text='Goals that the learner entered.', null=True)),
                ('enrollment_date', models.DateField(help_text='Day of the enrollment.', null=True)),
                ('start_date', models.DateField(help_text='First day of the engagement.', null=True)),
                ('end_date', models.DateField(help_text='Day after the last day of the engagement.', null=True)),
                ('discussion_contributions', models.IntegerField(help_text='Posts, responses and comments in discussions.')),
                ('problems_attempted', models.IntegerField(help_text='Problems attempted.')),
                ('problems_completed', models.IntegerField(help_text='Problems completed.')),
                ('problem_attempts', models.IntegerField(help_text='Attempts at problems.')),
                ('videos_viewed', models.IntegerField(help_text='Videos viewed.')),
                ('problem_attempts_per_completed', models.FloatField(help_text='Attempts per completed problem; null if the learner completed none.', null=True)),
                ('attempt_ratio_order', models.BigIntegerField(help_text='Order among learners with the same problem_attempts_per_completed.', null=True)),
                ('email_key', models.CharField(help_text='Copy of email for sorting.', max_length=255)),
                ('attempts_per_completed_key', models.FloatField(help_text='Copy of problem_attempts_per_completed for sorting.')),
                ('attempt_ratio_key', models.BigIntegerField(help_text='Copy of attempt_ratio_order for sorting.')),
                ('facet', models.ForeignKey(db_constraint=False, db_index=False, help_text='Facet: cohort, enrollment mode and segments.', on_delete=django.db.models.deletion.DO_NOTHING, to='v0.rosterfacet')),
                ('roster', models.ForeignKey(db_constraint=False, db_index=False, help_text='Key of the roster.', on_delete=django.db.models.deletion.DO_NOTHING, to='v0.roster')),
            ],
            options={
                'db_table': 'learner_roster_learner',
                'indexes': [models.Index(fields=['roster', 'facet'], name='roster_learner_facet'), models.Index(fields=['roster', 'email_key'], name='roster_learner_email'), models.Index(fields=['roster', '-email_key'], name='roster_learner_email_desc'), models.Index(fields=['roster', 'discussion_contributions'], name='roster_learner_posts'), models.Index(fields=['roster', '-discussion_contributions'], name='roster_learner_posts_desc'), models.Index(fields=['roster', 'problems_attempted'], name='roster_learner_attempted'), models.Index(fields=['roster', '-problems_attempted'], name='roster_learner_attempted_desc'), models.Index(fields=['roster', 'problems_completed'], name='roster_learner_completed'), models.Index(fields=['roster', '-problems_completed'], name='roster_learner_completed_desc'), models.Index(fields=['roster', 'videos_viewed'], name='roster_learner_videos'), models.Index(fields=['roster', '-videos_viewed'], name='roster_learner_videos_desc'), models.Index(fields=['roster', 'attempts_per_completed_key', '-attempt_ratio_key'], name='roster_learner_ratio'), models.Index(fields=['roster', '-attempts_per_completed_key', 'attempt_ratio_key'], name='roster_learner_ratio_desc'), models.Index(fields=['roster', 'attempt_ratio_key'], name='roster_learner_order'), models.Index(fields=['roster', '-attempt_ratio_key'], name='roster_learner_order_desc')],
                'constraints': [models.UniqueConstraint(fields=('roster', 'username'), name='roster_learner_username')],
            },
        ),
    ]
