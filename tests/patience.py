"""How long a test waits for what must come.

Long, since nobody waits so long for a test that succeeds, and a machine may be busy with other things.
A deadline that a test wants to see run out is no patience, and stays short in its own file.
"""

PATIENCE_S = 120.0
PATIENCE_MS = 120_000
