"""The knowledge graph of the evidence on low-dose naltrexone (LDN), as a library.

>>> import ldn_kg
>>> kg = ldn_kg.load()
>>> for row in ldn_kg.query(kg, "trials", {"condition": "fibromyalgia"}):
...     print(row["study"])

As a table: `pandas.DataFrame(rows)` or `polars.DataFrame(rows)`, with `rows = ldn_kg.query(…)`.
Not medical advice.

The public names stand once, in `__init__.pyi`. Each is imported when it is first used, so that a
query never waits for SHACL to load.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
