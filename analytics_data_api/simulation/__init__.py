"""Invented data: the course of ``manage.py generate_fake_course_data``, and makers of rows that benchmarks share.

All tables are counted from the actions of the same invented learners, so that they agree with each other.
``tables.course_tables()`` is a pure function of the course, the seed and the days. ``site.write_site()`` writes the same
actions as tracking logs and LMS data, so that each way to count them checks the other. ``documented/`` makes the demo data.
"""
