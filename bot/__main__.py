"""`python -m bot`: the same as `peyk`."""

import sys

from bot.cli import main

sys.exit(main())
