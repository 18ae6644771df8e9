"""Sources that are streams over TCP: Mode S Beast and BaseStation."""
