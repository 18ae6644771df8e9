"""Who an aircraft is: registration, type and operator by address, from a table that the user names."""
