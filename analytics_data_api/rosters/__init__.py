"""Loading rosters: JSON lines are checked and sorted in a file of their own before the database sees a row of them."""
