import django.db.models.functions.datetime
from django.db import migrations, models

from analytics_data_api.sql.adoption import CreateOrAdoptModel


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        CreateOrAdoptModel(
            name='ProblemResponseAnswerDistribution',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('module_id', models.CharField(help_text='Id of the problem.', max_length=255)),
                ('part_id', models.CharField(help_text='Id of the part of the problem.', max_length=255)),
                ('correct', models.BooleanField(help_text='True if the answer is correct; null if unknown.', null=True)),
                ('value_id', models.CharField(help_text='Id of the choice, or a list of several ids; null if the learner typed the answer.', max_length=255, null=True)),
                ('answer_value', models.TextField(db_column='answer_value_text', help_text='Text of the answer, or a list of several texts.', null=True)),
                ('variant', models.IntegerField(help_text='Random seed of a randomized problem; null if not randomized.', null=True)),
                ('problem_display_name', models.TextField(help_text='Display name of the problem.', null=True)),
                ('question_text', models.TextField(help_text='Text of the question.', null=True)),
                ('count', models.IntegerField(help_text='Learners whose most recent response was this answer.')),
            ],
            options={
                'db_table': 'answer_distribution',
                'managed': False,
            },
        ),
        CreateOrAdoptModel(
            name='CourseActivityWeekly',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('interval_start', models.DateTimeField(help_text='Start of the week, UTC, inclusive.')),
                ('interval_end', models.DateTimeField(help_text='End of the week, UTC, exclusive.')),
                ('label', models.CharField(help_text='Kind of activity: ACTIVE (any), ATTEMPTED_PROBLEM, PLAYED_VIDEO or POSTED_FORUM.', max_length=255)),
                ('count', models.IntegerField(help_text='Unique learners who did this at least once in the week.')),
            ],
            options={
                'db_table': 'course_activity',
                'indexes': [models.Index(fields=['course_id', 'interval_end'], name='course_activity_key'), models.Index(fields=['created'], name='course_activity_created'), models.Index(fields=['course_id', 'created'], name='course_activity_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseEnrollmentByBirthYear',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('date', models.DateField(help_text='Day of the count, UTC.')),
                ('birth_year', models.IntegerField(help_text='Year of birth; null if not reported.', null=True)),
                ('count', models.IntegerField(help_text='Enrolled learners born in this year.')),
            ],
            options={
                'db_table': 'course_enrollment_birth_year_daily',
                'indexes': [models.Index(fields=['course_id', 'date', 'birth_year'], name='enrollment_birth_year_key'), models.Index(fields=['created'], name='enrollment_birth_year_created'), models.Index(fields=['course_id', 'created'], name='enrollment_birth_year_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseEnrollmentByCountry',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('date', models.DateField(help_text='Day of the count, UTC.')),
                ('country_code', models.CharField(help_text='ISO 3166 two-letter code of the country; null or any other text if unknown.', max_length=255, null=True)),
                ('count', models.IntegerField(help_text='Enrolled learners from this country.')),
            ],
            options={
                'db_table': 'course_enrollment_location_current',
                'indexes': [models.Index(fields=['course_id', 'date'], name='enrollment_location_key'), models.Index(fields=['created'], name='enrollment_location_created'), models.Index(fields=['course_id', 'created'], name='enrollment_location_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseEnrollmentByEducation',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('date', models.DateField(help_text='Day of the count, UTC.')),
                ('education_level', models.CharField(help_text='Highest level of education, such as bachelors; null if not reported.', max_length=255, null=True)),
                ('count', models.IntegerField(help_text='Enrolled learners who reported this level of education.')),
            ],
            options={
                'db_table': 'course_enrollment_education_level_daily',
                'indexes': [models.Index(fields=['course_id', 'date'], name='enrollment_education_key'), models.Index(fields=['created'], name='enrollment_education_created'), models.Index(fields=['course_id', 'created'], name='enrollment_education_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseEnrollmentByGender',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('date', models.DateField(help_text='Day of the count, UTC.')),
                ('gender', models.CharField(help_text='Gender: f (female), m (male) or o (other); null if not reported.', max_length=255, null=True)),
                ('count', models.IntegerField(help_text='Enrolled learners who reported this gender.')),
            ],
            options={
                'db_table': 'course_enrollment_gender_daily',
                'indexes': [models.Index(fields=['course_id', 'date'], name='enrollment_gender_key'), models.Index(fields=['created'], name='enrollment_gender_created'), models.Index(fields=['course_id', 'created'], name='enrollment_gender_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseEnrollmentDaily',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('date', models.DateField(help_text='Day of the count, UTC.')),
                ('count', models.IntegerField(help_text='Learners enrolled at the end of the day.')),
            ],
            options={
                'db_table': 'course_enrollment_daily',
                'indexes': [models.Index(fields=['course_id', 'date'], name='enrollment_daily_key'), models.Index(fields=['created'], name='enrollment_daily_created'), models.Index(fields=['course_id', 'created'], name='enrollment_daily_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseEnrollmentModeDaily',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('date', models.DateField(help_text='Day of the count, UTC.')),
                ('mode', models.CharField(help_text='Enrollment mode: audit, credit, honor, professional, no-id-professional, verified or masters.', max_length=255)),
                ('count', models.IntegerField(help_text='Learners enrolled in this mode at the end of the day.')),
                ('cumulative_count', models.IntegerField(help_text='Learners ever enrolled in this mode up to the end of the day.')),
            ],
            options={
                'db_table': 'course_enrollment_mode_daily',
                'indexes': [models.Index(fields=['course_id', 'date'], name='enrollment_mode_key'), models.Index(fields=['created'], name='enrollment_mode_created'), models.Index(fields=['course_id', 'created'], name='enrollment_mode_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseMetaSummaryEnrollment',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('catalog_course_title', models.CharField(help_text='Title of the course in the catalog.', max_length=255, null=True)),
                ('catalog_course', models.CharField(help_text='Id of the course in the catalog, without run.', max_length=255, null=True)),
                ('start_time', models.DateTimeField(help_text='When the course starts, UTC.', null=True)),
                ('end_time', models.DateTimeField(help_text='When the course ends, UTC.', null=True)),
                ('pacing_type', models.CharField(help_text='Pacing: instructor_paced or self_paced.', max_length=255, null=True)),
                ('availability', models.CharField(help_text='State of the course run: Current, Upcoming, Starting Soon or Archived.', max_length=255, null=True)),
                ('enrollment_mode', models.CharField(help_text='Enrollment mode of the counts.', max_length=255)),
                ('count', models.IntegerField(help_text='Learners currently enrolled in this mode.', null=True)),
                ('cumulative_count', models.IntegerField(help_text='Learners ever enrolled in this mode.', null=True)),
                ('count_change_7_days', models.IntegerField(help_text='Change of this count in the last seven days.', null=True)),
                ('passing_users', models.IntegerField(help_text='Learners in this mode who are passing the course.', null=True)),
            ],
            options={
                'db_table': 'course_meta_summary_enrollment',
                'indexes': [models.Index(fields=['course_id'], name='course_summary_key'), models.Index(fields=['created'], name='course_summary_created'), models.Index(fields=['course_id', 'created'], name='course_summary_course')],
            },
        ),
        CreateOrAdoptModel(
            name='CourseProgramMetadata',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('program_id', models.CharField(help_text='Id of the program (UUID).', max_length=255)),
                ('program_type', models.CharField(help_text='Type of the program, such as MicroMasters.', max_length=255)),
                ('program_title', models.CharField(help_text='Title of the program.', max_length=255)),
            ],
            options={
                'db_table': 'course_program_metadata',
                'indexes': [models.Index(fields=['course_id'], name='course_program_key'), models.Index(fields=['created'], name='course_program_created'), models.Index(fields=['course_id', 'created'], name='course_program_course'), models.Index(fields=['program_id'], name='course_program_program')],
            },
        ),
        CreateOrAdoptModel(
            name='GradeDistribution',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('module_id', models.CharField(help_text='Id of the problem.', max_length=255)),
                ('grade', models.FloatField(help_text='Grade, in points.', null=True)),
                ('max_grade', models.FloatField(help_text='Highest possible grade of the problem, in points.', null=True)),
                ('count', models.IntegerField(help_text='Learners who got this grade.')),
            ],
            options={
                'db_table': 'grade_distribution',
                'indexes': [models.Index(fields=['module_id'], name='grade_distribution_key'), models.Index(fields=['created'], name='grade_distribution_created'), models.Index(fields=['course_id', 'created'], name='grade_distribution_course')],
            },
        ),
        CreateOrAdoptModel(
            name='ModuleEngagement',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('username', models.CharField(help_text='Username of the learner.', max_length=255)),
                ('date', models.DateField(help_text='Day of the activity, UTC.')),
                ('entity_type', models.CharField(help_text='Kind of the entity: problem, video or discussion.', max_length=255)),
                ('entity_id', models.CharField(help_text='Id of the problem, video or discussion.', max_length=255)),
                ('event', models.CharField(help_text='Action of the learner: attempted, completed, viewed or contributed.', max_length=255)),
                ('count', models.IntegerField(help_text='Number of times the learner did this on the day.')),
            ],
            options={
                'db_table': 'module_engagement',
                'indexes': [models.Index(fields=['course_id', 'username', 'date'], name='module_engagement_key'), models.Index(fields=['created'], name='module_engagement_created'), models.Index(fields=['course_id', 'created'], name='module_engagement_course')],
            },
        ),
        CreateOrAdoptModel(
            name='ModuleEngagementMetricRanges',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('start_date', models.DateField(help_text='First day of the activity from which the ranges were computed.')),
                ('end_date', models.DateField(help_text='Day after the last day of that activity.')),
                ('metric', models.CharField(help_text='Name of the metric, such as problems_attempted.', max_length=50)),
                ('range_type', models.CharField(help_text='Range: low, normal or high.', max_length=50)),
                ('low_value', models.FloatField(help_text='Lowest value of the range; null if unbounded.', null=True)),
                ('high_value', models.FloatField(help_text='End of the range, exclusive; null if unbounded.', null=True)),
            ],
            options={
                'db_table': 'module_engagement_metric_ranges',
                'indexes': [models.Index(fields=['course_id'], name='engagement_ranges_key'), models.Index(fields=['created'], name='engagement_ranges_created'), models.Index(fields=['course_id', 'created'], name='engagement_ranges_course')],
            },
        ),
        CreateOrAdoptModel(
            name='ProblemFirstLastResponseAnswerDistribution',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('module_id', models.CharField(help_text='Id of the problem.', max_length=255)),
                ('part_id', models.CharField(help_text='Id of the part of the problem.', max_length=255)),
                ('correct', models.BooleanField(help_text='True if the answer is correct; null if unknown.', null=True)),
                ('value_id', models.CharField(help_text='Id of the choice, or a list of several ids; null if the learner typed the answer.', max_length=255, null=True)),
                ('answer_value', models.TextField(db_column='answer_value_text', help_text='Text of the answer, or a list of several texts.', null=True)),
                ('variant', models.IntegerField(help_text='Random seed of a randomized problem; null if not randomized.', null=True)),
                ('problem_display_name', models.TextField(help_text='Display name of the problem.', null=True)),
                ('question_text', models.TextField(help_text='Text of the question.', null=True)),
                ('first_response_count', models.IntegerField(help_text='Learners whose first response was this answer.')),
                ('last_response_count', models.IntegerField(help_text='Learners whose most recent response was this answer.')),
            ],
            options={
                'db_table': 'answer_distribution',
                'indexes': [models.Index(fields=['module_id'], name='answer_distribution_key'), models.Index(fields=['created'], name='answer_distribution_created'), models.Index(fields=['course_id', 'created'], name='answer_distribution_course'), models.Index(fields=['course_id', 'module_id', 'part_id'], name='answer_distribution_problems')],
            },
        ),
        CreateOrAdoptModel(
            name='ProblemsAndTags',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('module_id', models.CharField(help_text='Id of the problem.', max_length=255)),
                ('tag_name', models.CharField(help_text='Name of the tag, such as difficulty.', max_length=255)),
                ('tag_value', models.CharField(help_text='Value of the tag, such as Easy.', max_length=255)),
                ('total_submissions', models.IntegerField(help_text='Answers submitted to the problem.')),
                ('correct_submissions', models.IntegerField(help_text='Correct answers submitted to the problem.')),
            ],
            options={
                'db_table': 'tags_distribution',
                'indexes': [models.Index(fields=['course_id', 'module_id'], name='tags_distribution_key'), models.Index(fields=['created'], name='tags_distribution_created'), models.Index(fields=['course_id', 'created'], name='tags_distribution_course')],
            },
        ),
        CreateOrAdoptModel(
            name='SequentialOpenDistribution',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('module_id', models.CharField(help_text='Id of the subsection (sequential).', max_length=255)),
                ('count', models.IntegerField(help_text='Views of the subsection.')),
            ],
            options={
                'db_table': 'sequential_open_distribution',
                'indexes': [models.Index(fields=['module_id'], name='sequential_open_key'), models.Index(fields=['created'], name='sequential_open_created'), models.Index(fields=['course_id', 'created'], name='sequential_open_course')],
            },
        ),
        CreateOrAdoptModel(
            name='Video',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('course_id', models.CharField(help_text='Id of the course run, such as course-v1:edX+DemoX+Demo_2014 or edX/DemoX/Demo_Course.', max_length=255)),
                ('pipeline_video_id', models.CharField(help_text='Id of the video in these tables: the course id, a bar and the encoded module id.', max_length=255)),
                ('encoded_module_id', models.CharField(help_text="Id of the video's module, encoded for use in HTML.", max_length=255)),
                ('duration', models.IntegerField(help_text='Length of the video in seconds; null if unknown.', null=True)),
                ('segment_length', models.IntegerField(help_text='Length of a segment of the timeline in seconds.')),
                ('users_at_start', models.IntegerField(help_text='Learners who watched the start of the video.')),
                ('users_at_end', models.IntegerField(help_text='Learners who watched the end of the video; null if unknown.', null=True)),
            ],
            options={
                'db_table': 'video',
                'indexes': [models.Index(fields=['course_id'], name='video_key'), models.Index(fields=['created'], name='video_created'), models.Index(fields=['course_id', 'created'], name='video_course'), models.Index(fields=['pipeline_video_id'], name='video_pipeline_video_id')],
            },
        ),
        CreateOrAdoptModel(
            name='VideoTimeline',
            fields=[
                ('id', models.BigAutoField(help_text='Key of the row; a reload of the table may give new ones.', primary_key=True, serialize=False)),
                ('created', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When the row was computed, UTC.')),
                ('pipeline_video_id', models.CharField(help_text='Id of the video in these tables.', max_length=255)),
                ('segment', models.IntegerField(help_text='Number of the segment, from 0 at the start of the video.')),
                ('num_users', models.IntegerField(help_text='Unique learners who watched the segment.')),
                ('num_views', models.IntegerField(help_text='Views of the segment; null if unknown.', null=True)),
            ],
            options={
                'db_table': 'video_timeline',
                'indexes': [models.Index(fields=['pipeline_video_id', 'segment'], name='video_timeline_key'), models.Index(fields=['created'], name='video_timeline_created')],
            },
        ),
    ]
