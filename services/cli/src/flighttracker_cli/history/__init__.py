"""`flighttracker history`: positions of the past, from the files of a history."""
