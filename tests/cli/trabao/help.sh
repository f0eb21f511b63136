# Help is data when it was asked for, and talk when it was not.
trabao --help
trabao 2>no-arguments && echo "no arguments: not refused"
trabao --help | cmp - no-arguments
