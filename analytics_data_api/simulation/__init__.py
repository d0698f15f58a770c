"""An invented course for ``manage.py generate_fake_course_data``.

Enrollment, activity and engagement are counted from the same invented learners, so these tables agree with each other:
the shares of a day add up to its enrollment, and a week's activity is what the learners' engagement says.
``tables.course_tables()`` is a pure function of the course, the seed and the days; ``replace.replace_course()`` is all
that knows a database.
"""
