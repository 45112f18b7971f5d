"""Ways to import a module, each of which an import policy must stop.

A technique is the text of a script. In it NAME stands for a package of its own, ``v…`` where it is denied and ``a…`` where
it is allowed, which otherwise are the same; CHILD for a module of the package ``holder``, which is allowed; PORTION for one of a
namespace; DISK for a module in FOLDER, a folder on sys.path; ZIPPED for one in ARCHIVE, a zip. The script sets ``got`` to what
it gained; modules also say themselves that they ran. *late* scripts are those whose import raises where no one can catch it.

Run as a program under a policy, or under none: prints a JSON list of what came of each technique, for either name.
"""

from . import statements, loaders, by_library, pretences, places        # noqa: F401
from ._files import prepare, trees, write
from ._policies import allowed, denied, only_by_powerful
from ._registry import TECHNIQUES
from ._running import main

__all__ = 'TECHNIQUES', 'allowed', 'denied', 'main', 'only_by_powerful', 'prepare', 'trees', 'write'
