"""Start the child without Django: the packages above stand in as bare names, nothing of them is run."""

import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    for name, place in (("crm", here.parent.parent), ("crm.intake", here.parent)):
        bare = ModuleType(name)
        bare.__path__ = [str(place)]
        sys.modules[name] = bare
    from crm.intake.reader.child import main

    main()
