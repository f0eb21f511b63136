# Runs search.sql through Python's sqlite3 with the extension loaded, and prints rows as the sqlite3 shell does.
#
#   python3 search.py EXTENSION SQL-FILE     exit 77: this Python cannot load extensions
import sqlite3
import sys

connection = sqlite3.connect(":memory:", isolation_level=None)
if not hasattr(connection, "enable_load_extension"):
    sys.exit(77)
connection.enable_load_extension(True)
connection.load_extension(sys.argv[1])
statement = ""
for line in open(sys.argv[2], encoding="utf-8"):
    statement += line
    if sqlite3.complete_statement(statement):
        for row in connection.execute(statement):
            print("|".join(str(value) for value in row))
        statement = ""
