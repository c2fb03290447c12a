"""As our program has it: aiogram lean, before anything imports it whole."""

from bots.telegram.lean import import_aiogram

import_aiogram()
