"""Invented data: the course of ``manage.py generate_fake_course_data``, and makers of rows that benchmarks share.

Enrollment, activity and engagement are counted from the same invented learners, so these tables agree with each other:
the counts of a day add up to its enrollment, and a week's activity matches the learners' engagement.
``tables.course_tables()`` is a pure function of the course, the seed and the days; only ``rows.insert()`` and
``replace.replace_course()`` write to a database. ``documented/`` makes the demo data.
"""
