"""The words that the tables and the API use for the same things."""
