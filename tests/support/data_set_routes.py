"""The routes of whole data sets, each with the request of its sample.

These are no series of one course, so they are not in the table of routes: they have tests of their own, and samples in
JSON and CSV like all others.
"""

DATA_SETS = {
    "data_sets/": "data_sets/",
    "data_sets/{data_set}/": "data_sets/enrollment/",
    "data_sets/{data_set}/rows/": "data_sets/enrollment/rows/?limit=3",
    "data_sets/{data_set}/partitions/": "data_sets/enrollment/partitions/",
}
