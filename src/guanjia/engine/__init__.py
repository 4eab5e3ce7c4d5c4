"""The one door through which a case changes: `perform` and `open_case`. No tables of its own."""

from guanjia.engine.actors import SYSTEM, Resident
from guanjia.engine.applying import Result
from guanjia.engine.door import Intake, open_case, perform
from guanjia.engine.offering import offers, view_of

__all__ = ["SYSTEM", "Intake", "Resident", "Result", "offers", "open_case", "perform", "view_of"]
