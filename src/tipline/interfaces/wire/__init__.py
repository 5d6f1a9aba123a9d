"""What the doors for programs share: reading credentials, remembering good ones, brakes and sparing audit entries.

Stands beside `ui`, below the doors. Everything here lives in the memory of one process and is safe to use from all of
its threads.
"""
