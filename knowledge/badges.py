"""How states of solutions and stages of scripts look, everywhere the same."""

from crm.base.badges import Colour, register
from knowledge.choices import SolutionState, Stage

LOOKS: dict[str, dict[str, tuple[Colour, str]]] = {
    "solution_state": {
        SolutionState.DRAFT: ("neutral", "pencil"),
        SolutionState.PUBLISHED: ("good", "circle-check"),
        SolutionState.ARCHIVED: ("neutral", "archive"),
    },
    "script_stage": {
        Stage.CONNECT: ("neutral", "phone"),
        Stage.GREETING: ("neutral", "heart"),
        Stage.TALK: ("neutral", "message-2"),
        Stage.APPOINT: ("neutral", "calendar-plus"),
        Stage.ARREARS: ("neutral", "coin"),
        Stage.CLOSE: ("neutral", "phone-call"),
        Stage.ETIQUETTE: ("neutral", "heart-handshake"),
    },
}

for vocabulary, looks in LOOKS.items():
    for code, (colour, icon) in looks.items():
        register(vocabulary, code, colour, icon)
