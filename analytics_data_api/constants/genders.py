"""Genders: the table's codes and the API's names of them."""

UNKNOWN = "unknown"
GENDER_NAMES = {"f": "female", "m": "male", "o": "other"}
# In the order in which an answer lists them.
GENDERS = (*GENDER_NAMES.values(), UNKNOWN)
