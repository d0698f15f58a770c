"""Forgetting a learner: a pseudonym takes the person's place in the event store, the tables and the reports."""
