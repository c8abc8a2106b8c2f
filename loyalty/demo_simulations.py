"""Two designs of the invented company's programme, replayed on the purchases of its last twelve months."""

from dataclasses import replace
from datetime import date

from customers.demo.company import Tell
from loyalty import arithmetic
from loyalty.actions import programmes, simulations
from loyalty.models import Simulation
from loyalty.queries import simulations as read
from loyalty.rules import reading
from loyalty.simulation.design import Dated, Habit, throughout

WEEKEND = {"effect": {"kind": "multiply", "factor": "2"}, "when": [{"what": "weekday", "values": [6, 7]}]}


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Ask for both and run them, unless there are some: once rules, tiers and rewards are there to be replayed."""
    if Simulation.objects.exists():
        return
    programme = programmes.main(fresh=True)
    now = throughout(read.current(programme))
    weekend = Dated(-1, "Double points at weekends", reading.read(WEEKEND))
    wanted = {
        "Double points at weekends": replace(now, rules=(*now.rules, weekend)),
        "Points last six months, dearer rewards": replace(
            now, expiry_months=6, reward_points=now.reward_points * 5 // 4, habit=Habit(takers=40, spent=100)
        ),
    }
    ends = today.replace(day=1)
    span = [arithmetic.start_of(day, programme.zone) for day in (arithmetic.add_months(ends, -12), ends)]
    for name, design in wanted.items():
        simulations.run(simulations.ask(programme, design, name=name, begins_at=span[0], ends_at=span[1]))
    tell(f"{len(wanted)} designs of the programme replayed on the purchases of a year")
